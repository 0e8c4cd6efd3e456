#include "gateway/api/body/protected_resource.hpp"

#include <set>
#include <streamdemo/base/json.hpp>

#include "gateway/access/principal.hpp"

namespace streamdemo::gateway {

std::string protected_resource_url(const config::settings& s) {
  if (s.auth.mode != config::auth_mode::jwt || s.gateway.public_url.empty()) return {};
  return s.gateway.public_url + std::string(protected_resource_path);
}

std::string protected_resource_json(const config::settings& s) {
  std::vector<std::string> issuers;
  // Scopes as they appear in tokens: each issuer may put a prefix of its own before our names.
  std::set<std::string> names;
  for (const auto& [name, i] : s.auth.issuers) {
    issuers.push_back(i.issuer);
    for (const auto one : {scope::submit, scope::read, scope::cancel, scope::admin}) {
      names.insert(i.scope_prefix + std::string(to_string(one)));
    }
  }
  return "{\"resource\":" + base::json_string(s.gateway.public_url) +
         ",\"authorization_servers\":" + base::json_strings(issuers) +
         ",\"scopes_supported\":" + base::json_strings({names.begin(), names.end()}) +
         ",\"bearer_methods_supported\":[\"header\"]}\n";
}

}  // namespace streamdemo::gateway
