// The host names in requests. Any web page can make a browser call a server on this machine, under a name that the
// page's owner controls (DNS rebinding). So a name is trusted only if nobody else can own it. Pure.
#pragma once
#include <string_view>

namespace streamdemo::http {

// "localhost:8080" → "localhost", "[::1]:8080" → "::1". For a Host field, or the part of an origin after "://".
std::string_view host_name(std::string_view authority) noexcept;

// Whether the text is a Host field (RFC 9112 section 3.2): a name or an address, perhaps a port, and nothing else.
bool is_authority(std::string_view text) noexcept;

bool is_loopback(std::string_view name) noexcept;

// A loopback name or an IP address.
bool is_nobodys_else(std::string_view name) noexcept;

}  // namespace streamdemo::http
