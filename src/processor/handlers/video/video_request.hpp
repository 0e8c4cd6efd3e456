// The request of a `process-video` task. Pure.
#pragma once
#include <streamdemo/base/error.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace streamdemo::processor {

struct video_request {
  static constexpr std::array<std::string_view, 7> presets{"ultrafast", "superfast", "veryfast", "faster",
                                                           "fast",      "medium",    "slow"};
  static constexpr std::array<int, 6> heights{144, 240, 360, 480, 720, 1080};
  static constexpr int max_width = 1920;
  static constexpr int max_height = 1080;
  static constexpr int min_side = 16;
  static constexpr double min_clip_seconds = 1;
  static constexpr double max_clip_seconds = 600;

  bool sample = true;
  std::string upload;  // if it is not the sample: the name of the artifact, whose id is that of the task
  double clip_seconds = 10;
  double sample_seconds = 60;
  int width = 0;  // 0: from the height and the aspect ratio, and the picture is never enlarged
  int height = 360;
  std::string preset = "veryfast";
  bool copy = false;  // cut at the source's key frames without encoding, if that is possible
};

// Payload: {"source":"sample"} or {"source":"upload","upload":"name"}, with clip_seconds, size ("640x360" or "360p"),
// preset, copy and sample_seconds; it must agree with the schema in video_schema.cpp. Error: invalid_argument.
base::result<video_request> parse_video_request(std::string_view payload, std::uint32_t max_sample_seconds);

}  // namespace streamdemo::processor
