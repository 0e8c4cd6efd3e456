// The Cookie header (RFC 6265 section 4.2). Pure.
#pragma once
#include <string_view>

namespace streamdemo::http {

// The value of the first cookie of that name, a view into `field`; empty: there is none.
std::string_view cookie_value(std::string_view field, std::string_view name) noexcept;

}  // namespace streamdemo::http
