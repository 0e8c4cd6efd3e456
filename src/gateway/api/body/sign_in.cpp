#include "gateway/api/body/sign_in.hpp"

#include <set>
#include <streamdemo/base/json.hpp>

namespace streamdemo::gateway {

namespace {

constexpr std::string_view policy =
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

bool is_offered(const config::settings& s, const config::token_issuer& i) {
  return s.auth.mode == config::auth_mode::jwt && !i.client_id.empty();
}

std::string_view origin_of(std::string_view url) {
  return url.substr(0, url.find('/', url.find("://") + 3));
}

std::string issuer_json(const config::token_issuer& i) {
  std::string out = "{\"issuer\":" + base::json_string(i.issuer);
  const auto add = [&out](std::string_view name, const std::string& value) {
    if (!value.empty()) out.append(",\"").append(name).append("\":").append(base::json_string(value));
  };
  add("client_id", i.client_id);
  add("scope", i.sign_in_scope);
  add("resource", i.sign_in_resource);
  add("authorization_endpoint", i.authorization_endpoint);
  add("token_endpoint", i.token_endpoint);
  return out + '}';
}

}  // namespace

std::string sign_in_json(const config::settings& s) {
  if (s.auth.mode != config::auth_mode::jwt) return {};
  std::string out = "[";
  for (const auto& [name, i] : s.auth.issuers) {
    if (!is_offered(s, i)) continue;
    if (out.size() > 1) out += ',';
    out += issuer_json(i);
  }
  return out + ']';
}

std::string page_policy(const config::settings& s, std::string_view origin_of_links) {
  std::set<std::string_view> origins;
  for (const auto& [name, i] : s.auth.issuers) {
    // Without the endpoints the page asks the issuer for them.
    if (is_offered(s, i)) origins.insert(origin_of(i.token_endpoint.empty() ? i.issuer : i.token_endpoint));
  }
  std::string out(policy);
  out += "; media-src 'self' blob:";
  // Where the page's players are sent to.
  if (!origin_of_links.empty()) out.append(" ").append(origin_of_links);
  if (origins.empty()) return out;
  out += "; connect-src 'self'";
  for (const auto o : origins) out.append(" ").append(o);
  return out;
}

}  // namespace streamdemo::gateway
