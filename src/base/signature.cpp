#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <array>
#include <streamdemo/base/signature.hpp>

namespace streamdemo::base {

namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
using big_number = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using shared_pkey = std::shared_ptr<EVP_PKEY>;

enum class family { rsa, elliptic, edwards };

struct algorithm_row {
  signature_algorithm algorithm;
  std::string_view name;
  family of;
  const EVP_MD* (*digest)();
  std::size_t width = 0;        // bytes per coordinate of the elliptic curve
  const char* curve = nullptr;  // OpenSSL's name of the curve
};

constexpr std::array<algorithm_row, 10> algorithm_rows{{
    {signature_algorithm::rs256, "RS256", family::rsa, EVP_sha256},
    {signature_algorithm::rs384, "RS384", family::rsa, EVP_sha384},
    {signature_algorithm::rs512, "RS512", family::rsa, EVP_sha512},
    {signature_algorithm::ps256, "PS256", family::rsa, EVP_sha256},
    {signature_algorithm::ps384, "PS384", family::rsa, EVP_sha384},
    {signature_algorithm::ps512, "PS512", family::rsa, EVP_sha512},
    {signature_algorithm::es256, "ES256", family::elliptic, EVP_sha256, 32, "P-256"},
    {signature_algorithm::es384, "ES384", family::elliptic, EVP_sha384, 48, "P-384"},
    {signature_algorithm::es512, "ES512", family::elliptic, EVP_sha512, 66, "P-521"},
    {signature_algorithm::eddsa, "EdDSA", family::edwards, nullptr},
}};

const algorithm_row& row_of(signature_algorithm a) noexcept {
  return algorithm_rows[static_cast<std::size_t>(a)];
}

bool is_padded_by_pss(signature_algorithm a) noexcept {
  return a == signature_algorithm::ps256 || a == signature_algorithm::ps384 || a == signature_algorithm::ps512;
}

constexpr int least_rsa_bits = 2048;
// A longer key makes each verification expensive.
constexpr int most_rsa_bits = 8192;
constexpr int most_exponent_bits = 64;

const unsigned char* octets(std::string_view s) noexcept {
  return reinterpret_cast<const unsigned char*>(s.data());
}

big_number number_of(std::string_view bytes) {
  return big_number(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
}

error no_key(std::string what) {
  // OpenSSL queues errors per thread. One left behind would be reported later as the failure of a TLS connection.
  ERR_clear_error();
  return {errc::invalid_argument, std::move(what)};
}

// nullptr: OpenSSL does not accept these numbers as a key of that type.
shared_pkey made_of(const char* type, OSSL_PARAM_BLD* parts) {
  const std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>> parameters(OSSL_PARAM_BLD_to_param(parts));
  const std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  shared_pkey key(made, EVP_PKEY_free);
  const std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>> check(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return check && EVP_PKEY_public_check(check.get()) == 1 ? key : nullptr;
}

using parameter_builder = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;

// Converts the two numbers side by side to the DER that OpenSSL reads. Empty: `signature` has another length.
std::string der_of(std::string_view signature, std::size_t width) {
  if (signature.size() != 2 * width) return {};
  const std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>> numbers(ECDSA_SIG_new());
  ECDSA_SIG_set0(numbers.get(), number_of(signature.substr(0, width)).release(),
                 number_of(signature.substr(width)).release());
  std::string out(static_cast<std::size_t>(i2d_ECDSA_SIG(numbers.get(), nullptr)), '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  i2d_ECDSA_SIG(numbers.get(), &to);
  return out;
}

}  // namespace

struct public_key::state {
  family of;
  std::size_t width;  // identifies the elliptic curve; 0 for other families
  shared_pkey key;
};

std::string_view to_string(signature_algorithm a) noexcept {
  return row_of(a).name;
}

std::optional<signature_algorithm> parse_signature_algorithm(std::string_view text) noexcept {
  for (const auto& row : algorithm_rows) {
    if (row.name == text) return row.algorithm;
  }
  return std::nullopt;
}

public_key::public_key(std::shared_ptr<const state> s) : state_(std::move(s)) {}

result<public_key> public_key::rsa(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > most_rsa_bits / 8 + 1 || exponent.size() > most_exponent_bits / 8 + 1) {
    return no_key(fmt::format("is an RSA key beyond {} bits", most_rsa_bits));
  }
  const auto n = number_of(modulus);
  const auto e = number_of(exponent);
  const int bits = BN_num_bits(n.get());
  if (bits < least_rsa_bits || bits > most_rsa_bits) {
    return no_key(fmt::format("is an RSA key of {} bits: {} to {} are safe and not too costly", bits, least_rsa_bits,
                              most_rsa_bits));
  }
  if (!BN_is_odd(e.get()) || BN_is_one(e.get()) || BN_num_bits(e.get()) > most_exponent_bits) {
    return no_key("is no RSA key: its exponent is even, 1 or too large");
  }
  const parameter_builder parts(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  auto key = made_of("RSA", parts.get());
  if (!key) return no_key("is no RSA key");
  return public_key(std::make_shared<const state>(state{family::rsa, 0, std::move(key)}));
}

result<public_key> public_key::elliptic(signature_algorithm of, std::string_view x, std::string_view y) {
  const auto& row = row_of(of);
  if (row.of != family::elliptic || x.size() != row.width || y.size() != row.width) {
    return no_key("is no point of its curve: a number has the wrong width");
  }
  std::string point = "\x04";
  point += x;
  point += y;
  const parameter_builder parts(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, row.curve, 0);
  OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  auto key = made_of("EC", parts.get());
  if (!key) return no_key("is no point of its curve");
  return public_key(std::make_shared<const state>(state{family::elliptic, row.width, std::move(key)}));
}

result<public_key> public_key::ed25519(std::string_view bytes) {
  shared_pkey key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(bytes), bytes.size()), EVP_PKEY_free);
  if (!key) return no_key("is no key of Ed25519: that has 32 bytes");
  return public_key(std::make_shared<const state>(state{family::edwards, 0, std::move(key)}));
}

bool public_key::fits(signature_algorithm a) const noexcept {
  return row_of(a).of == state_->of && row_of(a).width == state_->width;
}

bool public_key::verify(signature_algorithm a, std::string_view message, std::string_view signature) const {
  if (!fits(a)) return false;
  const auto& row = row_of(a);
  std::string der;
  if (row.of == family::elliptic) {
    der = der_of(signature, row.width);
    if (der.empty()) return false;
    signature = der;
  }
  const std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* padding = nullptr;
  const auto* digest = row.digest ? row.digest() : nullptr;
  bool good = context && EVP_DigestVerifyInit(context.get(), &padding, digest, nullptr, state_->key.get()) == 1;
  if (good && is_padded_by_pss(a)) {
    good = EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  good = good &&
         EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message), message.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

}  // namespace streamdemo::base
