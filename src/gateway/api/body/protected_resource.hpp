// What a client must know to get a token for this server (OAuth 2.0 Protected Resource Metadata, RFC 9728). Pure.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <string>
#include <string_view>

namespace streamdemo::gateway {

inline constexpr std::string_view protected_resource_path = "/.well-known/oauth-protected-resource";

// Where browsers and clients find it; empty: tokens of issuers are not taken here, or gateway.public_url does not say
// under which name.
std::string protected_resource_url(const config::settings& s);
std::string protected_resource_json(const config::settings& s);

}  // namespace streamdemo::gateway
