// Entity tags (RFC 9110 section 8.8.3) and what is asked about them. Pure.
#pragma once
#include <string_view>

namespace streamdemo::http {

// If-Match: `*`, or a list with this tag in it (strong comparison: no weak tag is equal to any).
bool match_hits(std::string_view if_match, std::string_view etag) noexcept;

// If-None-Match: `*`, or a list with this tag in it (weak comparison). An empty header matches nothing.
bool none_match_hits(std::string_view if_none_match, std::string_view etag) noexcept;

}  // namespace streamdemo::http
