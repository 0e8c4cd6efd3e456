// The answers to callers that are not admitted or not allowed. WWW-Authenticate tells them how to authenticate (RFC
// 6750 section 3) and where to get tokens (RFC 9728 section 5.1). Any thread.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <map>

#include "gateway/access/policy.hpp"
#include "gateway/access/token_verifier.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

class challenges {
 public:
  explicit challenges(const config::settings& s);

  http::response not_admitted(denial why) const;
  // `who` lacks the scope for `a`. It is named as the issuer of `who` has to name it.
  http::response not_allowed(const refusal& why, action a, const principal& who) const;
  // Adds the challenge to a 401 that an endpoint answered without one.
  void complete(http::response& r) const;

 private:
  std::string plain_;
  std::map<std::string, std::string> scope_prefixes_;  // by issuer
};

}  // namespace streamdemo::gateway
