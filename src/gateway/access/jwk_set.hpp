// The public keys of an issuer (JWK Set, RFC 7517), as far as tokens may be signed with them. Pure values.
#pragma once
#include <streamdemo/base/signature.hpp>

#include <string>
#include <vector>

namespace streamdemo::gateway {

struct jwk {
  std::string kid;                                // empty: it has none
  std::optional<base::signature_algorithm> only;  // the one algorithm that the issuer uses it with, if it says so
  std::string thumbprint;                         // RFC 7638: tells this key from all others, whatever it is called
  base::public_key key;

  bool fits(base::signature_algorithm a) const noexcept { return key.fits(a) && (!only || *only == a); }
};

struct jwk_set {
  std::vector<jwk> keys;
  std::vector<std::string> passed_over;  // why others are not among them, each with its place or name
};

// Passes over keys that are for something else, unknown or unsafe, as issuers add such. Errors: corrupt (no JWK Set),
// too_large, not_found (no key that can be used).
base::result<jwk_set> parse_jwk_set(std::string_view text);

inline constexpr std::size_t max_jwk_set_bytes = 1048576;
inline constexpr std::size_t max_jwk_set_keys = 100;

}  // namespace streamdemo::gateway
