// The command lines of ffprobe and ffmpeg. They can open only the one given file: allow-lists exclude formats that
// refer to other files (playlists, concatenations) and protocols that access the network. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "processor/handlers/video/source.hpp"
#include "processor/handlers/video/video_request.hpp"

namespace streamdemo::processor {

// Together they print what read_media() parses: the file's claims and the times of its first packets; its first frames.
std::vector<std::string> packets_command(const std::string& ffprobe, const std::string& path);
std::vector<std::string> frames_command(const std::string& ffprobe, const std::string& path);
// Reads the video stream to its end without decoding it; the last progress line gives its length.
std::vector<std::string> length_command(const std::string& ffmpeg, const source& s);
// Succeeds if this ffmpeg can convert HDR to SDR.
std::vector<std::string> tone_map_command(const std::string& ffmpeg);

struct cut_plan {
  std::string ffmpeg;
  video_request request;
  source from;
  std::int64_t first_frame = 0;  // index of the first frame to cut; a former run has cut those before
  std::int64_t first_index = 0;  // index of the first clip
  std::int64_t pass_over = 0;    // clips that a former run published and this one makes again, which is cheap to copy
  std::uint32_t threads = 2;

  double start_seconds() const noexcept { return static_cast<double>(first_frame) / from.rate.value(); }
  // When the first sound packet that ffmpeg writes begins, in seconds of the picture's clock.
  double sound_origin() const noexcept;
};

// Encodes or copies the video. It writes the pictures of each clip as pic-000000.mp4 … to its working directory, a line
// per finished one and its progress to descriptor 3, and the sound of all clips as one ADTS stream to standard output.
std::vector<std::string> cut_command(const cut_plan& p);

// A clip to join, with the times at which its pictures and its sound begin, in seconds of the clip.
struct joint {
  std::int64_t index = 0;
  double picture_offset = 0;
  double sound_offset = 0;
};
// Joins the pictures and the sound of each of these clips in its working directory: picture_file and sound_file become
// clip_file. One ffmpeg for all of them, because starting it takes longer than the work.
std::vector<std::string> join_command(const std::string& ffmpeg, const std::vector<joint>& clips);

// The names of the files: a clip's pictures, its sound (ADTS), and the whole clip.
std::string picture_file(std::int64_t index);
std::string sound_file(std::int64_t index);
std::string clip_file(std::int64_t index);

}  // namespace streamdemo::processor
