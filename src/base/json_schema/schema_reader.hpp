// Parses the text of a schema into nodes. Pure.
#pragma once
#include <streamdemo/base/error.hpp>

#include <memory>
#include <string_view>

#include "base/json_schema/schema_node.hpp"

namespace streamdemo::base::schema_detail {

// Error: invalid_argument, with the JSON pointer of the first thing in the schema that is wrong or unknown.
result<std::shared_ptr<const compiled_schema>> read_schema(std::string_view text);

}  // namespace streamdemo::base::schema_detail
