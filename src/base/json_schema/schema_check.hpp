// One text held against a schema. Pure.
#pragma once
#include <boost/json/value.hpp>
#include <streamdemo/base/json_schema.hpp>

#include "base/json_schema/schema_node.hpp"

namespace streamdemo::base::schema_detail {

// `bytes`: the size of the text that `v` was read from; the work is bounded by it.
std::optional<schema_violation> check(const schema_node& root, const boost::json::value& v, std::size_t bytes);

}  // namespace streamdemo::base::schema_detail
