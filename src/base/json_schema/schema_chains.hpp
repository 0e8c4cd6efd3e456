// The schemas of a schema that judge one and the same place of a text. Pure.
#pragma once
#include <deque>
#include <string>

#include "base/json_schema/schema_node.hpp"

namespace streamdemo::base::schema_detail {

// What is wrong where one schema leads to the next by $ref, allOf, anyOf, oneOf or not, which all stay at the same
// place: a circle would never end, and a very long chain would take more stack than there is. Empty: nothing.
std::string wrong_chain(const std::deque<schema_node>& nodes);

}  // namespace streamdemo::base::schema_detail
