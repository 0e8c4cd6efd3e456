// What a gateway knows about a kind of task: enough to accept and to describe it, nothing about how it is run.
#pragma once
#include <streamdemo/base/json_schema.hpp>

#include <optional>
#include <string>
#include <vector>

namespace streamdemo::gateway {

// The request's body may be a file. The payload for the handler is then {"source":"upload","upload":NAME} and the
// options.
struct upload_input {
  std::vector<std::string> media_types;  // such as "video/*"; types that say nothing about the file are accepted, too
  base::json_schema options;             // of an object with plain values, each given as a query parameter
};

struct kind_info {
  std::string name;
  std::string notice;  // for people: why tasks of this kind will fail now ("ffmpeg is not installed …"); empty: nothing
  std::optional<base::json_schema> input;  // of a JSON body; nullopt: any object is accepted
  std::optional<upload_input> upload;      // if set, the body may also be a file
};

}  // namespace streamdemo::gateway
