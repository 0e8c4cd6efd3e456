// libFuzzer target: any bytes as a set of keys. What is read from it is bounded, fit for a line of the log, and
// verifies nothing that was not signed.
#include <algorithm>
#include <streamdemo/base/json.hpp>
#include <string>

#include "fuzz/broken_promise.hpp"
#include "gateway/access/jwk_set.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using test::promise;

namespace {

void hold_to_rules(const jwk& k) {
  promise(k.thumbprint.size() == 43, "a thumbprint is a SHA-256 in base64url");
  for (const char* name : {"RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA"}) {
    const auto a = base::parse_signature_algorithm(name).value();
    if (!k.fits(a)) continue;
    promise(!k.only || *k.only == a, "a key is used with its own algorithm alone");
    for (const std::size_t width : {0, 64, 96, 132, 256, 1024}) {
      promise(!k.key.verify(a, "text", std::string(width, '\0')), "nothing is signed by zeros");
      promise(!k.key.verify(a, "text", std::string(width, '\1')), "nothing is signed by ones");
    }
  }
}

bool is_fit_for_a_line(const std::string& text) {
  return text.size() < 1000 && base::is_utf8(text) &&
         std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto set = parse_jwk_set({reinterpret_cast<const char*>(data), size});
  if (set.has_error()) {
    promise(is_fit_for_a_line(set.error().message), "an error is one line");
    return 0;
  }
  promise(!set->keys.empty(), "a set without a key is an error");
  promise(set->keys.size() + set->passed_over.size() <= max_jwk_set_keys, "a set is bounded");
  for (const auto& why : set->passed_over) promise(is_fit_for_a_line(why), "what is said of a key is one line");
  for (const auto& k : set->keys) hold_to_rules(k);
  return 0;
}
