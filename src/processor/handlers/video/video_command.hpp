// The command lines of ffprobe and ffmpeg. All open nothing but the one file they are given: formats that name other
// files (playlists, concatenations) and protocols that reach out are refused by white lists. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "processor/handlers/video/source.hpp"
#include "processor/handlers/video/video_request.hpp"

namespace streamdemo::processor {

// Together they print what read_media reads: what the file claims and when its first packets are due; what its first
// frames are.
std::vector<std::string> packets_command(const std::string& ffprobe, const std::string& path);
std::vector<std::string> frames_command(const std::string& ffprobe, const std::string& path);
// Reads a picture to its end without decoding it; the last progress line says how long it is.
std::vector<std::string> length_command(const std::string& ffmpeg, const source& s);
// Ends well where HDR can be made SDR.
std::vector<std::string> tone_map_command(const std::string& ffmpeg);

struct cut_plan {
  std::string ffmpeg;
  video_request request;
  source from;
  std::int64_t first_frame = 0;  // of the clips' frames: what lies before was cut by an earlier run
  std::int64_t first_index = 0;  // of the clips
  std::int64_t pass_over = 0;    // clips that an earlier run published and this one makes again: copying costs little
  std::uint32_t threads = 2;

  double start_seconds() const noexcept { return static_cast<double>(first_frame) / from.rate.value(); }
  // When the first sound packet that ffmpeg writes begins, on the picture's clock.
  double sound_origin() const noexcept;
};

// Encodes all, or copies it. Writes the pictures of clip after clip, pic-000000.mp4 …, into its working directory; to
// descriptor 3 a line for each that is finished, and its progress; to standard output the sound of all clips as one
// ADTS stream.
std::vector<std::string> cut_command(const cut_plan& p);

// When the pictures and the sound of a clip begin, in seconds of the clip.
struct joint {
  std::int64_t index = 0;
  double picture_offset = 0;
  double sound_offset = 0;
};
// Puts the pictures and the sound of each of these clips together, in its working directory: picture_file and
// sound_file become clip_file. One ffmpeg for all of them, because starting it takes longer than the work.
std::vector<std::string> join_command(const std::string& ffmpeg, const std::vector<joint>& clips);

// The names of the files: a clip's pictures, its sound (ADTS), and the whole clip.
std::string picture_file(std::int64_t index);
std::string sound_file(std::int64_t index);
std::string clip_file(std::int64_t index);

}  // namespace streamdemo::processor
