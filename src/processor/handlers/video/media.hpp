// What ffprobe reports about a file: the claims of its header, and what its first packets and frames show. Pure.
#pragma once
#include <streamdemo/base/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "processor/handlers/video/rational.hpp"

namespace streamdemo::processor {

struct media_stream {
  enum class type { picture, sound, other };

  int index = 0;
  type what = type::other;
  std::string codec;       // empty: ffprobe does not know it
  std::string tag;         // the container's name for it
  bool cover = false;      // a still image that is attached to the file, such as cover art
  bool preferred = false;  // marked as the default
  rational nominal_rate;
  rational average_rate;
  std::optional<double> start;    // seconds, like all times here
  std::optional<double> seconds;  // the length; unknown in some formats
  std::optional<std::int64_t> frames;
  std::string pixels;    // pixel format
  std::string transfer;  // the transfer characteristic, which tells HDR
  std::string field_order;
  std::string profile;
  int sample_rate = 0;

  // Of the first packets and frames:
  int packets = 0;
  bool encrypted = false;
  std::vector<double> packet_times;  // presentation times, or decoding times if not all packets have the former
  std::vector<double> decode_times;  // used only while reading
  int decoded = 0;                   // the number of decoded frames
  bool interlaced = false;
  std::optional<double> first_frame;
};

struct media {
  std::string format;
  double start = 0;
  std::optional<double> seconds;
  std::vector<media_stream> streams;
};

// Parses what ffprobe prints for packets_command() and frames_command(). Error: internal.
base::result<media> read_media(std::string_view packets, std::string_view frames);

}  // namespace streamdemo::processor
