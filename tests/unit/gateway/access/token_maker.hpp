// Makes keys, JWK Sets and tokens, good and bad, as an issuer would: with OpenSSL, beside what judges them.
#pragma once
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <doctest/doctest.h>

#include <memory>
#include <streamdemo/base/secret.hpp>
#include <string>
#include <vector>

namespace streamdemo::test {

class signing_key {
 public:
  static signing_key rsa(std::size_t bits = 2048) {
    return signing_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
  }
  static signing_key elliptic(const char* curve = "P-256") {
    return signing_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
  }
  static signing_key ed25519() { return signing_key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

  // A JSON object; `more` is put in behind the key's own members: ,"kid":"a".
  std::string jwk(const std::string& more = "") const {
    const int id = EVP_PKEY_get_base_id(key_.get());
    if (id == EVP_PKEY_RSA) {
      return R"({"kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" + number(OSSL_PKEY_PARAM_RSA_E) +
             "\"" + more + "}";
    }
    if (id == EVP_PKEY_EC) {
      const auto width = static_cast<std::size_t>((EVP_PKEY_get_bits(key_.get()) + 7) / 8);
      return R"({"kty":"EC","crv":"P-)" + std::to_string(EVP_PKEY_get_bits(key_.get())) + R"(","x":")" +
             number(OSSL_PKEY_PARAM_EC_PUB_X, width) + R"(","y":")" + number(OSSL_PKEY_PARAM_EC_PUB_Y, width) + "\"" +
             more + "}";
    }
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    EVP_PKEY_get_raw_public_key(key_.get(), bytes(raw), &size);
    return R"({"kty":"OKP","crv":"Ed25519","x":")" + base::to_base64url(raw) + "\"" + more + "}";
  }

  // As JWS wants it; `der` leaves an elliptic signature as OpenSSL makes it.
  std::string sign(const std::string& alg, const std::string& message, bool der = false) const {
    const auto* digest = alg == "EdDSA" ? nullptr : EVP_get_digestbyname(("SHA" + alg.substr(2)).c_str());
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_PKEY_CTX* padding = nullptr;
    REQUIRE(EVP_DigestSignInit(context.get(), &padding, digest, nullptr, key_.get()) == 1);
    if (alg.starts_with("PS")) {
      EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST);
    }
    std::size_t size = 0;
    auto* text = reinterpret_cast<const unsigned char*>(message.data());
    REQUIRE(EVP_DigestSign(context.get(), nullptr, &size, text, message.size()) == 1);
    std::string out(size, '\0');
    REQUIRE(EVP_DigestSign(context.get(), bytes(out), &size, text, message.size()) == 1);
    out.resize(size);
    return alg.starts_with("ES") && !der ? side_by_side(out) : out;
  }

 private:
  explicit signing_key(EVP_PKEY* key) : key_(key, EVP_PKEY_free) { REQUIRE(key != nullptr); }

  static unsigned char* bytes(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

  std::string number(const char* name, std::size_t width = 0) const {
    BIGNUM* n = nullptr;
    REQUIRE(EVP_PKEY_get_bn_param(key_.get(), name, &n) == 1);
    std::string out(width != 0 ? width : static_cast<std::size_t>(BN_num_bytes(n)), '\0');
    BN_bn2binpad(n, bytes(out), static_cast<int>(out.size()));
    BN_free(n);
    return base::to_base64url(out);
  }

  std::string side_by_side(const std::string& der) const {
    const auto width = static_cast<std::size_t>((EVP_PKEY_get_bits(key_.get()) + 7) / 8);
    const auto* from = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* numbers = d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(der.size()));
    std::string out(2 * width, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(numbers), bytes(out), static_cast<int>(width));
    BN_bn2binpad(ECDSA_SIG_get0_s(numbers), bytes(out) + width, static_cast<int>(width));
    ECDSA_SIG_free(numbers);
    return out;
  }

  std::shared_ptr<EVP_PKEY> key_;
};

inline std::string jwks(const std::vector<std::string>& keys) {
  std::string out;
  for (const auto& k : keys) out += (out.empty() ? "" : ",") + k;
  return "{\"keys\":[" + out + "]}";
}

inline std::string unsigned_token(const std::string& head, const std::string& claims) {
  return base::to_base64url(head) + "." + base::to_base64url(claims);
}

inline std::string token(const signing_key& key, const std::string& alg, const std::string& head,
                         const std::string& claims, bool der = false) {
  const auto text = unsigned_token(head, claims);
  return text + "." + base::to_base64url(key.sign(alg, text, der));
}

}  // namespace streamdemo::test
