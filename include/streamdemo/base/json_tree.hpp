// JSON as a tree that no two readers can read differently. Thread-safe.
#pragma once
#include <boost/json/value.hpp>
#include <streamdemo/base/error.hpp>

#include <string_view>

namespace streamdemo::base {

// One value (RFC 8259) of valid UTF-8, built in `memory`. Error: invalid_argument: not that, deeper than `max_depth`,
// or an object with two members of one name, of which every reader would take the one that it likes.
result<boost::json::value> parse_json_tree(std::string_view text, std::size_t max_depth,
                                           boost::json::storage_ptr memory = {});

}  // namespace streamdemo::base
