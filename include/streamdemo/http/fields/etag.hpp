// Entity tags (RFC 9110 section 8.8.3) and the conditions on them. Pure.
#pragma once
#include <string_view>

namespace streamdemo::http {

// Whether If-Match holds: it is `*`, or a list with this tag in it (strong comparison: a weak tag equals none).
bool match_hits(std::string_view if_match, std::string_view etag) noexcept;

// Whether If-None-Match names this tag: it is `*`, or a list with this tag in it (weak comparison). An empty header
// names none.
bool none_match_hits(std::string_view if_none_match, std::string_view etag) noexcept;

}  // namespace streamdemo::http
