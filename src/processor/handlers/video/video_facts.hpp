// What ffprobe says about an upload, and whether it can be cut. Pure.
#pragma once
#include <streamdemo/base/error.hpp>

#include <optional>
#include <string_view>

namespace streamdemo::processor {

struct video_facts {
  std::optional<double> seconds;  // of the picture; unknown in some formats
};

// `json`: what ffprobe prints for probe_command. Error: invalid_argument, with a sentence for the person who sent it.
base::result<video_facts> read_video_facts(std::string_view json);

}  // namespace streamdemo::processor
