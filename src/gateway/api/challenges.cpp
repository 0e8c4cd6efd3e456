#include "gateway/api/challenges.hpp"

#include <algorithm>
#include <streamdemo/base/text.hpp>

#include "gateway/api/body/protected_resource.hpp"

namespace streamdemo::gateway {

namespace {

constexpr const char* field_name = "WWW-Authenticate";

}  // namespace

challenges::challenges(const config::settings& s) : plain_("Bearer realm=\"streamdemo\"") {
  if (const auto url = protected_resource_url(s); !url.empty()) plain_ += ", resource_metadata=\"" + url + '"';
  for (const auto& [name, i] : s.auth.issuers) scope_prefixes_[i.issuer] = i.scope_prefix;
}

http::response challenges::not_admitted(denial why) const {
  auto challenge = plain_;
  std::string_view detail;
  switch (why) {
    case denial::none_shown:
      detail = "show a key or token: Authorization: Bearer …";
      break;
    case denial::unknown:
      challenge += ", error=\"invalid_token\"";
      detail = "the key, token, session or ticket is not known here, or is no longer good";
      break;
    case denial::expired:
      challenge += ", error=\"invalid_token\", error_description=\"expired\"";
      detail = "the key, token, session or ticket has expired";
      break;
    case denial::other_page:
      return problem_response(
          problem::origin,
          "a signed-in browser may do this from this server's own pages alone; pages elsewhere need "
          "a token, or a ticket to read (gateway.public_url says what is its own)");
    case denial::unavailable:
      return problem_response(problem::unavailable, "what tokens are judged by is not there yet; come again");
  }
  auto answer = problem_response(problem::unauthenticated, detail);
  answer.set(field_name, std::move(challenge));
  return answer;
}

http::response challenges::not_allowed(const refusal& why, action a, const principal& who) const {
  auto answer = problem_response(why);
  const auto needed = needed_scope(a).value_or(scope::admin);
  const auto prefix = scope_prefixes_.find(who.issuer);
  const auto scope = (prefix == scope_prefixes_.end() ? "" : prefix->second) + std::string(to_string(needed));
  answer.set(field_name, plain_ + ", error=\"insufficient_scope\", scope=\"" + scope + '"');
  return answer;
}

void challenges::complete(http::response& r) const {
  if (r.status != 401) return;
  const bool has_one = std::ranges::any_of(r.fields, [](const auto& f) { return base::same_word(f.name, field_name); });
  if (!has_one) r.set(field_name, plain_);
}

}  // namespace streamdemo::gateway
