// Dates as fields have them (RFC 9110 section 5.6.7). Pure; any thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::http {

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string date_text(base::sys_time t);
// Whole seconds; any of the three forms. nullopt: none of them.
std::optional<base::sys_time> parse_date(std::string_view text);

}  // namespace streamdemo::http
