// The names that a server is called by. Any web page can make a browser call a server on this machine, under a name of
// the page's own choosing, so a name is trusted only if nobody else can have it. Pure.
#pragma once
#include <string_view>

namespace streamdemo::http {

// "localhost:8080" → "localhost", "[::1]:8080" → "::1"; of a Host field or of an origin's part behind "://".
std::string_view host_name(std::string_view authority) noexcept;

// A name or an address, and perhaps a port: as a Host field is written (RFC 9112 section 3.2), and nothing behind it.
bool is_authority(std::string_view text) noexcept;

bool is_loopback(std::string_view name) noexcept;

// A loopback name or an address.
bool is_nobodys_else(std::string_view name) noexcept;

}  // namespace streamdemo::http
