// JSON values as text, for comparing them and for showing them in messages. Pure.
#pragma once
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace streamdemo::base::schema_detail {

// The nesting that gateways accept in payloads.
inline constexpr std::size_t max_depth = 64;

// Two values are equal in the sense of JSON Schema exactly when their canonical texts are. Members are sorted by name,
// and 2.0 is written as 2.
std::string canonical_text(const boost::json::value& v);

// The value, shortened, for a message.
std::string shown_value(const boost::json::value& v);

// `text` must be valid UTF-8.
std::size_t code_points(std::string_view text) noexcept;

// `name` as one step of a JSON pointer, with its slash.
std::string pointer_step(std::string_view name);

}  // namespace streamdemo::base::schema_detail
