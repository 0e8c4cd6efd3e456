// A client's cursor in a request: the seq of the last event that it has. Pure.
#pragma once
#include <streamdemo/http/message.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace streamdemo::gateway {

// Decimal digits only, at most 18 of them.
std::optional<std::int64_t> parse_cursor(std::string_view text) noexcept;

// `?after=`; 0 when there is none. Error: invalid_argument.
base::result<std::int64_t> poll_cursor(const http::request& r);

// `Last-Event-ID`, else `?last_event_id=`, else `?after=`, else 0. Error: invalid_argument.
base::result<std::int64_t> stream_cursor(const http::request& r);

}  // namespace streamdemo::gateway
