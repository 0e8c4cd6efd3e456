// Signatures as JSON Web Tokens carry them (RFC 7518 section 3, RFC 8037), judged by public keys. None of them can be
// made with what is needed to judge it. Values; thread-safe.
#pragma once
#include <streamdemo/base/error.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace streamdemo::base {

enum class signature_algorithm { rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, es512, eddsa };

// "RS256" and so on; EdDSA is that of Ed25519.
std::string_view to_string(signature_algorithm a) noexcept;
std::optional<signature_algorithm> parse_signature_algorithm(std::string_view text) noexcept;

class public_key {
 public:
  // Numbers are unsigned, the most significant byte first. Errors: invalid_argument, with why it is no key, or none
  // that is safe.
  static result<public_key> rsa(std::string_view modulus, std::string_view exponent);
  // A point of the curve of that algorithm, es256 to es512; both numbers fill the curve's width.
  static result<public_key> elliptic(signature_algorithm of, std::string_view x, std::string_view y);
  static result<public_key> ed25519(std::string_view bytes);

  bool fits(signature_algorithm a) const noexcept;
  // False also where the algorithm does not fit. An elliptic signature is its two numbers side by side, not DER.
  bool verify(signature_algorithm a, std::string_view message, std::string_view signature) const;

 private:
  struct state;
  explicit public_key(std::shared_ptr<const state> s);
  std::shared_ptr<const state> state_;
};

}  // namespace streamdemo::base
