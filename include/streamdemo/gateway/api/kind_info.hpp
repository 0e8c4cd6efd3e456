// What a gateway knows of a kind of task: enough to take it, nothing of how it is done.
#pragma once
#include <string>

namespace streamdemo::gateway {

struct kind_info {
  std::string name;
  std::string notice;  // shown to people: why tasks of this kind will fail now ("ffmpeg is not installed …"); or empty
};

}  // namespace streamdemo::gateway
