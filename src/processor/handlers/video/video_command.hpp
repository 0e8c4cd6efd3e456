// The command lines of ffprobe and ffmpeg. Both open nothing but the one file they are given: formats that name other
// files (playlists, concatenations) and protocols that reach out are refused by white lists. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "processor/handlers/video/video_request.hpp"

namespace streamdemo::processor {

// Prints what read_video_facts reads.
std::vector<std::string> probe_command(const std::string& ffprobe, const std::string& path);

struct cut_plan {
  std::string ffmpeg;
  video_request request;
  std::string path;              // of the upload
  double start_seconds = 0;      // what lies before was cut by an earlier run
  std::int64_t first_index = 0;  // of the clips
  std::uint32_t threads = 2;
};

// Writes clip-000000.mp4 … into its working directory, a line to descriptor 3 for each that is finished, and its
// progress to standard output.
std::vector<std::string> cut_command(const cut_plan& p);

}  // namespace streamdemo::processor
