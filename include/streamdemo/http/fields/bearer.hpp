// The Authorization header of bearer tokens (RFC 6750 section 2.1). Pure.
#pragma once
#include <optional>
#include <string_view>

namespace streamdemo::http {

// The token, a view into `field`, perhaps empty; nullopt: it has another scheme.
std::optional<std::string_view> bearer_token(std::string_view field) noexcept;

}  // namespace streamdemo::http
