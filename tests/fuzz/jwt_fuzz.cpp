// libFuzzer target: any bytes as a token; and as the head and the claims of a token, once signed by the issuer's key
// and once by nobody. Nothing that was not signed may ever be somebody, and who is somebody has what the rules demand.
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <streamdemo/base/secret.hpp>

#include "fuzz/broken_promise.hpp"
#include "gateway/access/jwt.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using test::promise;

namespace {

constexpr base::sys_time fuzz_now{std::chrono::seconds(1'000'000)};

using pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// The same in every run, so that an input which was found stays one.
const pkey& issuer_key() {
  static const std::string seed(32, 'k');
  static const pkey key{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                                     reinterpret_cast<const unsigned char*>(seed.data()), seed.size()),
                        EVP_PKEY_free};
  return key;
}

std::string signature_of(std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  std::string out(64, '\0');
  std::size_t size = out.size();
  EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, issuer_key().get());
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                 reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return out;
}

const jwk_set& issuer_keys() {
  static const jwk_set keys = [] {
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(issuer_key().get(), reinterpret_cast<unsigned char*>(raw.data()), &size);
    return *parse_jwk_set(R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","x":")" + base::to_base64url(raw) +
                          R"("}]})");
  }();
  return keys;
}

const jwt_rules& issuer_rules() {
  static const jwt_rules rules{.issuer = "i",
                               .audience = {"a"},
                               .algorithms = {base::signature_algorithm::eddsa},
                               .types = {"at+jwt"},
                               .scope_prefix = "",
                               .kinds_claim = "kinds",
                               .leeway = std::chrono::seconds(60)};
  return rules;
}

bool names(const boost::json::value& v, std::string_view text) {
  const auto is_text = [&](const boost::json::value& one) { return one.is_string() && one.get_string() == text; };
  if (!v.is_array()) return is_text(v);
  return std::ranges::any_of(v.get_array(), is_text);
}

void hold_to_rules(const jwt& t, const principal& p) {
  promise(t.alg == "EdDSA" && (t.kid == "k" || t.kid.empty()), "the issuer's algorithm and key");
  promise(names(t.claims.at("iss"), "i") && p.issuer == "i", "the issuer");
  promise(names(t.claims.at("aud"), "a"), "the audience");
  promise(p.expires > fuzz_now, "it has not expired");
  promise(!p.subject.empty() && p.subject.size() <= 512 && t.claims.at("sub").as_string() == p.subject, "the subject");
  promise(!p.kinds.empty() && (p.may & ~all_scopes) == 0, "kinds and scopes");
  promise(p.is_known() && p.owner == owner_of(p.issuer, p.subject), "the owner");
}

void judge(std::string_view token, bool is_signed) {
  const auto read = read_jwt(token);
  if (read.has_error()) return;
  const auto who = judge_jwt(*read, issuer_rules(), issuer_keys(), fuzz_now);
  if (who.has_error()) return;
  promise(is_signed, "who shows what nobody signed is nobody");
  hold_to_rules(*read, **who);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  judge(bytes, false);
  // Head, a line's end, and the claims, so that the fuzzer need not find base64url.
  const auto cut = std::min(bytes.find('\n'), bytes.size());
  const auto text = base::to_base64url(bytes.substr(0, cut)) + "." +
                    base::to_base64url(bytes.substr(std::min(cut + 1, bytes.size())));
  judge(text + "." + base::to_base64url(signature_of(text)), true);
  judge(text + "." + base::to_base64url(std::string(64, '\1')), false);
  return 0;
}
