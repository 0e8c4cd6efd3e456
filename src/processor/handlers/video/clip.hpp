// A finished clip: how ffmpeg reports it, and how a result does. Pure.
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

// A line of ffmpeg's segment list: "pic-000003.mp4,30.000000,40.000000". nullopt: it is no such line.
std::optional<clip> parse_clip_line(std::string_view line);
// The name under which it is published: no other run, and no repetition, can have the same.
std::string clip_name(std::string_view run, std::int64_t index);

std::string clip_json(const clip& c, std::string_view request_id, std::string_view name, std::uint64_t bytes);
// Reads back what clip_json wrote, for a run that goes on after it.
std::optional<clip> parse_clip_json(std::string_view json);

// A line of ffmpeg's progress, "out_time_us=2500000", in seconds. nullopt: it is about something else.
std::optional<double> parse_progress_line(std::string_view line);
// The same for "frame=75": how many pictures the encoder was given.
std::optional<std::int64_t> parse_frame_line(std::string_view line);

}  // namespace streamdemo::processor
