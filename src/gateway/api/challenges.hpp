// The answers to callers that are not admitted or not allowed. WWW-Authenticate tells them how to authenticate (RFC
// 6750 section 3) and where to get tokens (RFC 9728 section 5.1). Any thread.
#pragma once
#include <streamdemo/config/settings.hpp>

#include "gateway/access/policy.hpp"
#include "gateway/access/token_verifier.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

class challenges {
 public:
  explicit challenges(const config::settings& s);

  http::response not_admitted(denial why) const;
  http::response not_allowed(const refusal& why, action a) const;
  // Adds the challenge to a 401 that an endpoint answered without one.
  void complete(http::response& r) const;

 private:
  std::string plain_;
};

}  // namespace streamdemo::gateway
