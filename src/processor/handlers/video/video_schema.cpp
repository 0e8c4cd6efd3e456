// The schemas by which the gateway checks what clients send for `process-video`, with the bounds of video_request.hpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include <streamdemo/processor/handlers.hpp>
#include "processor/handlers/video/video_request.hpp"

namespace streamdemo::processor {

namespace {

// Even numbers from min_side to the largest width, and to the largest height.
constexpr std::string_view even_width = "(1[68]|[2-9][02468]|[1-9][0-9][02468]|1[0-8][0-9][02468]|19[01][02468]|1920)";
constexpr std::string_view even_height = "(1[68]|[2-9][02468]|[1-9][0-9][02468]|10[0-7][02468]|1080)";
static_assert(video_request::min_side == 16 && video_request::max_width == 1920 && video_request::max_height == 1080);

std::string common_properties() {
  return fmt::format(R"(
  "clip_seconds": {{
   "title": "Clip", "description": "seconds",
   "type": ["number", "null"], "minimum": {}, "maximum": {}, "default": {}
  }},
  "size": {{
   "title": "Size", "description": "{}p, or two even numbers such as 640x360, from {}x{} to {}x{}",
   "type": ["string", "null"], "pattern": "^(({})p|{}x{})$", "default": "360p"
  }},
  "preset": {{
   "title": "Encoder", "description": "fast and large, or slow and small",
   "enum": ["{}", null], "default": "{}"
  }})",
                     video_request::min_clip_seconds, video_request::max_clip_seconds, video_request().clip_seconds,
                     fmt::join(video_request::heights, "p, "), video_request::min_side, video_request::min_side,
                     video_request::max_width, video_request::max_height, fmt::join(video_request::heights, "|"),
                     even_width, even_height, fmt::join(video_request::presets, "\", \""), video_request().preset);
}

}  // namespace

std::string video_input_schema(std::uint32_t max_sample_seconds) {
  const auto most = std::max<std::uint32_t>(max_sample_seconds, 1);
  return fmt::format(R"({{
 "title": "Cut the sample video",
 "description": "Clips of a generated video.",
 "type": "object",
 "required": ["source"],
 "properties": {{
  "source": {{"const": "sample"}},
  "upload": false,
  "sample_seconds": {{
   "title": "Length", "description": "seconds",
   "type": ["number", "null"], "minimum": 1, "maximum": {}, "default": {}
  }},{},
  "copy": {{"description": "of no effect on the sample", "type": ["boolean", "null"], "deprecated": true}}
 }}
}})",
                     most, std::min<double>(video_request().sample_seconds, most), common_properties());
}

std::string video_upload_schema() {
  return fmt::format(R"({{
 "title": "Cut my video",
 "description": "Clips of a video of your own.",
 "type": "object",
 "additionalProperties": false,
 "properties": {{{},
  "copy": {{
   "title": "Cut at key frames", "description": "without encoding anew, where that can be",
   "type": ["boolean", "null"], "default": false
  }}
 }}
}})",
                     common_properties());
}

}  // namespace streamdemo::processor
