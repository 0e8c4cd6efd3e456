// What a gateway knows of a kind of task: enough to take it and to tell people about it, nothing of how it is done.
#pragma once
#include <streamdemo/base/json_schema.hpp>

#include <optional>
#include <string>
#include <vector>

namespace streamdemo::gateway {

// A file that is the body itself. Its handler finds {"source":"upload","upload":NAME} and the options in the payload.
struct upload_input {
  std::vector<std::string> media_types;  // such as "video/*"; beside them, what says nothing of the file is taken
  base::json_schema options;             // of an object of plain values: each may stand in the query
};

struct kind_info {
  std::string name;
  std::string notice;  // shown to people: why tasks of this kind will fail now ("ffmpeg is not installed …"); or empty
  std::optional<base::json_schema> input;  // of a JSON body; none: any object will do
  std::optional<upload_input> upload;      // the body may also be a file
};

}  // namespace streamdemo::gateway
