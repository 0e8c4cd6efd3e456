// JSON as a tree. Objects that repeat a member's name are refused, since readers differ in which of the two they take.
// Thread-safe.
#pragma once
#include <boost/json/value.hpp>
#include <streamdemo/base/error.hpp>

#include <string_view>

namespace streamdemo::base {

// Parses one value (RFC 8259, valid UTF-8) into `memory`. Error: invalid_argument, for a text that is not JSON, is
// nested deeper than `max_depth` or repeats a member's name in one object.
result<boost::json::value> parse_json_tree(std::string_view text, std::size_t max_depth,
                                           boost::json::storage_ptr memory = {});

}  // namespace streamdemo::base
