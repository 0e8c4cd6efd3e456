// The setting `input_schema` of a kind. Used when the settings are read, and again when the kinds are made from them.
#pragma once
#include <streamdemo/base/json_schema.hpp>

#include <string_view>

namespace streamdemo::config {

// `setting`: the schema itself if it begins with a brace, otherwise the path of a file with the schema. Error:
// invalid_argument, with a message that continues a sentence which begins with the setting's name.
base::result<base::json_schema> read_input_schema(std::string_view setting);

}  // namespace streamdemo::config
