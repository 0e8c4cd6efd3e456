// JSON values and their texts, as schemas compare and show them. Pure.
#pragma once
#include <boost/json/value.hpp>
#include <streamdemo/base/error.hpp>

#include <string>
#include <string_view>

namespace streamdemo::base::schema_detail {

// Error: invalid_argument: no JSON (RFC 8259, UTF-8, at most 64 deep), or an object with two members of one name, of
// which every reader would take the one that it likes.
result<boost::json::value> read_json(std::string_view text, boost::json::storage_ptr memory = {});

// Two values are equal for JSON Schema exactly when these are: members in order of their names, 2.0 as 2.
std::string canonical_text(const boost::json::value& v);

// The value in a sentence for people: short.
std::string shown_value(const boost::json::value& v);

// Of valid UTF-8.
std::size_t code_points(std::string_view text) noexcept;

// `name` as a step of a JSON pointer, the slash included.
std::string pointer_step(std::string_view name);

}  // namespace streamdemo::base::schema_detail
