// What ffprobe says about a file: what its head claims, and what its first packets and frames show. Pure.
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
  std::string tag;         // the container's own name of it
  bool cover = false;      // a still that belongs to the file, like a record's cover
  bool preferred = false;  // marked as the default
  rational nominal_rate;
  rational average_rate;
  std::optional<double> start;    // seconds, like all times here
  std::optional<double> seconds;  // unknown in some formats
  std::optional<std::int64_t> frames;
  std::string pixels;    // pixel format
  std::string transfer;  // how brightness is coded
  std::string field_order;
  std::string profile;
  int sample_rate = 0;

  // Of the first packets and frames:
  int packets = 0;
  bool encrypted = false;
  std::vector<double> packet_times;  // when they are shown, or, where not all say that, decoded
  std::vector<double> decode_times;  // while reading
  int decoded = 0;                   // frames
  bool interlaced = false;
  std::optional<double> first_frame;
};

struct media {
  std::string format;
  double start = 0;
  std::optional<double> seconds;
  std::vector<media_stream> streams;
};

// What ffprobe prints for packets_command and for frames_command. Error: internal.
base::result<media> read_media(std::string_view packets, std::string_view frames);

}  // namespace streamdemo::processor
