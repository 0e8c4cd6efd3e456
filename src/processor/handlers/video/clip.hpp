// A finished clip, as ffmpeg reports it and as a result shows it. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::processor {

struct clip {
  std::int64_t index = 0;
  double start = 0;  // seconds in the whole video
  double end = 0;
};

// Parses a line of ffmpeg's segment list, such as "pic-000003.mp4,30.000000,40.000000". nullopt: it is another line.
std::optional<clip> parse_clip_line(std::string_view line);
// The name of the clip's artifact, which is unique to this run.
std::string clip_name(std::string_view run, std::int64_t index);

std::string clip_json(const clip& c, std::string_view request_id, std::string_view name, std::uint64_t bytes);
// Reads what clip_json() wrote, for a run that continues after it.
std::optional<clip> parse_clip_json(std::string_view json);

// The seconds in a line of ffmpeg's progress such as "out_time_us=2500000". nullopt: it is another line.
std::optional<double> parse_progress_line(std::string_view line);
// The number of frames that the encoder got, from a line such as "frame=75". nullopt: it is another line.
std::optional<std::int64_t> parse_frame_line(std::string_view line);

}  // namespace streamdemo::processor
