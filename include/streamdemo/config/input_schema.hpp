// The setting `input_schema` of a kind. Called while the settings are read, and where the kinds are made of them.
#pragma once
#include <streamdemo/base/json_schema.hpp>

#include <string_view>

namespace streamdemo::config {

// `setting`: the schema itself if it begins with a brace, otherwise the path of a file that holds it. Error:
// invalid_argument; its message is to stand behind the setting's name.
base::result<base::json_schema> read_input_schema(std::string_view setting);

}  // namespace streamdemo::config
