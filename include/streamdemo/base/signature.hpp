// Verifies the signatures of JSON Web Tokens (RFC 7518 section 3, RFC 8037) with public keys. There are no symmetric
// algorithms (HS256): whoever could verify such a signature could also forge it. Immutable values; thread-safe.
#pragma once
#include <streamdemo/base/error.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace streamdemo::base {

enum class signature_algorithm { rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, es512, eddsa };

// "RS256" and so on. EdDSA means Ed25519.
std::string_view to_string(signature_algorithm a) noexcept;
std::optional<signature_algorithm> parse_signature_algorithm(std::string_view text) noexcept;

class public_key {
 public:
  // Numbers are unsigned, big-endian. Error: invalid_argument, with why this is no key, or no safe one.
  static result<public_key> rsa(std::string_view modulus, std::string_view exponent);
  // A point on the curve of that algorithm (es256 to es512). Both coordinates are padded to the curve's width.
  static result<public_key> elliptic(signature_algorithm of, std::string_view x, std::string_view y);
  static result<public_key> ed25519(std::string_view bytes);

  bool fits(signature_algorithm a) const noexcept;
  // False for a wrong signature, and where the algorithm does not fit the key. An elliptic signature is its two numbers
  // side by side, as in a token, not DER.
  bool verify(signature_algorithm a, std::string_view message, std::string_view signature) const;

 private:
  struct state;
  explicit public_key(std::shared_ptr<const state> s);
  std::shared_ptr<const state> state_;
};

}  // namespace streamdemo::base
