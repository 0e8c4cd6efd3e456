// Dates in HTTP fields (RFC 9110 section 5.6.7). Pure; any thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::http {

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string date_text(base::sys_time t);
// Reads any of the three forms, all in whole seconds. nullopt: the text has none of them.
std::optional<base::sys_time> parse_date(std::string_view text);

}  // namespace streamdemo::http
