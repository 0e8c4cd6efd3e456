// Checks one JSON value against a schema. Pure.
#pragma once
#include <boost/json/value.hpp>
#include <streamdemo/base/json_schema.hpp>

#include "base/json_schema/schema_node.hpp"

namespace streamdemo::base::schema_detail {

// nullopt: `v` satisfies the schema. `bytes`: the size of the text that `v` was parsed from, which bounds the work.
std::optional<schema_violation> check(const schema_node& root, const boost::json::value& v, std::size_t bytes);

}  // namespace streamdemo::base::schema_detail
