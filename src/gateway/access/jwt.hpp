// Access tokens that are JSON Web Tokens, by the rules of RFC 9068 and RFC 8725: read, and judged by an issuer's rules
// and keys. What decides comes from the rules, never from the token. Pure: time is an argument.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/access/jwk_set.hpp"
#include "gateway/access/principal.hpp"

namespace streamdemo::gateway {

// Why a token counts for nothing.
enum class jwt_fault {
  malformed,  // not three parts of base64url with two JSON objects, or a member twice
  too_large,
  type,       // its `typ`
  critical,   // demands something of its reader (`crit`)
  algorithm,  // not one that the rules name, or none that its key is for
  issuer,     // nobody's that is configured
  key,        // its key is not among the issuer's
  signature,
  audience,
  expired,
  not_yet,  // `nbf` or `iat` lie ahead
  claims,   // one is missing, or not of its form
};
inline constexpr std::size_t jwt_faults = 12;
// One word for a metric's label.
std::string_view to_string(jwt_fault f) noexcept;

template <class T>
using jwt_result = boost::system::result<T, jwt_fault>;

struct jwt_rules {
  std::string issuer;                 // `iss`, character by character
  std::vector<std::string> audience;  // one of them must be in `aud`
  std::vector<base::signature_algorithm> algorithms;
  std::vector<std::string> types;  // of the head; letters' case and "application/" do not matter
  std::string scope_prefix;        // of the scopes that are meant for us
  std::string kinds_claim;         // which names the kinds of tasks; empty: all
  base::milliseconds leeway{0};    // for `nbf` and `iat`: the issuer's clock may be ahead
};

// A token that was read, and not judged: nothing in it can be believed.
struct jwt {
  std::string_view signed_part;  // of the token's text
  std::string signature;
  std::string alg, typ, kid;
  boost::json::object claims;
  std::string_view issuer() const noexcept;  // empty: it names none
};

inline constexpr std::size_t max_jwt_bytes = 8192;

// `token` outlives what is given back.
jwt_result<jwt> read_jwt(std::string_view token);

// Who it is, or why it is nobody's. `t` names the issuer of these rules. The principal's key is the thumbprint of the
// key that signed.
jwt_result<principal_ptr> judge_jwt(const jwt& t, const jwt_rules& rules, const jwk_set& keys, base::sys_time now);

}  // namespace streamdemo::gateway
