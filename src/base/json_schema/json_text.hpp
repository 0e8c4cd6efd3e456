// JSON values and their texts, as schemas compare and show them. Pure.
#pragma once
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace streamdemo::base::schema_detail {

// As deep as the payloads that gateways take.
inline constexpr std::size_t max_depth = 64;

// Two values are equal for JSON Schema exactly when these are: members in order of their names, 2.0 as 2.
std::string canonical_text(const boost::json::value& v);

// The value in a sentence for people: short.
std::string shown_value(const boost::json::value& v);

// Of valid UTF-8.
std::size_t code_points(std::string_view text) noexcept;

// `name` as a step of a JSON pointer, the slash included.
std::string pointer_step(std::string_view name);

}  // namespace streamdemo::base::schema_detail
