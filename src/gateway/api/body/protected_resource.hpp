// What a client must know to get a token for this server (OAuth 2.0 Protected Resource Metadata, RFC 9728). Pure.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <string>
#include <string_view>

namespace streamdemo::gateway {

inline constexpr std::string_view protected_resource_path = "/.well-known/oauth-protected-resource";

// The metadata's URL. Empty if auth.mode is not jwt or gateway.public_url is not set.
std::string protected_resource_url(const config::settings& s);
std::string protected_resource_json(const config::settings& s);

}  // namespace streamdemo::gateway
