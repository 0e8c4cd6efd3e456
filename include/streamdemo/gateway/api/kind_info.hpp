// What a gateway knows of a kind of task: enough to take it, nothing of how it is done.
#pragma once
#include <streamdemo/base/error.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace streamdemo::gateway {

struct kind_info {
  std::string name;
  std::string notice;  // shown to people: why tasks of this kind will fail now ("ffmpeg is not installed …"); or empty
  // Whether a payload asks for something that can be done; empty: its handler alone knows. Any thread.
  std::function<base::result<void>(std::string_view payload)> check_payload;
};

}  // namespace streamdemo::gateway
