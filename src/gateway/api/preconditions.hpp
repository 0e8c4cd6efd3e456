// Conditional requests for a file (RFC 9110 section 13). Pure.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/http/message.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::gateway {

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(base::sys_time t);
// Whole seconds; one of the three forms of RFC 9110 section 5.6.7. nullopt: none of them.
std::optional<base::sys_time> parse_http_date(std::string_view text);

enum class precondition {
  met,
  not_modified,  // 304
  failed,        // 412
};

// Of a GET or HEAD, in the order of section 13.2.2. What does not parse is as if it were not there.
precondition judge_preconditions(const http::request& r, std::string_view etag, base::sys_time modified);

}  // namespace streamdemo::gateway
