// Finds chains of subschemas that all apply to the same place of a text. Pure.
#pragma once
#include <deque>
#include <string>

#include "base/json_schema/schema_node.hpp"

namespace streamdemo::base::schema_detail {

// Follows $ref, allOf, anyOf, oneOf and not, which stay at the same place of the text. A cycle would recurse forever,
// and a very long chain would overflow the stack. Returns what is wrong; empty: nothing.
std::string wrong_chain(const std::deque<schema_node>& nodes);

}  // namespace streamdemo::base::schema_detail
