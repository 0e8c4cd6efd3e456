// The encoded sound of a whole video, as ffmpeg writes it, given out in parts that belong to clips. AAC is a chain:
// each packet can be decoded only after the one before it. A part therefore begins with one packet more than is heard,
// and parts meet where packets do, so that the parts' sound, joined, is the whole one, sample by sample. Pure.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::processor {

class sound_track {
 public:
  static constexpr int packet_samples = 1024;

  // `origin`: when the first packet's own samples are heard, in seconds of the picture's clock; they are the encoder's
  // silence, and never given out. `from`: what lies before is not kept.
  sound_track(double origin, int sample_rate, double from);

  // Takes more of an ADTS stream. False: it is no ADTS stream, or more than can be kept.
  bool add(std::string_view bytes);
  void finish() noexcept { finished_ = true; }
  // Nothing more comes.
  bool finished() const noexcept { return finished_; }

  // All that belongs to a clip which ends then is here.
  bool reaches(double end) const;
  // When the last packet ends; nullopt: there is no packet.
  std::optional<double> end() const;

  struct part {
    std::string bytes;  // ADTS; empty: the clip has no sound
    double offset = 0;  // when the first packet begins, in seconds of the clip; it is not heard
  };
  // The part of a clip from `start`. Without an `end`: all the rest. Parts are taken in order.
  part take(double start, std::optional<double> end);

 private:
  std::int64_t packet_at(double seconds) const;
  bool parse();
  void drop_before(std::int64_t packet);

  static constexpr std::size_t most_bytes = 64 << 20;
  const double origin_;
  const int sample_rate_;
  std::int64_t keep_from_;
  bool finished_ = false;
  std::int64_t first_ = 0;           // number of the first packet that is kept
  std::deque<std::uint32_t> sizes_;  // of the packets
  std::string bytes_;                // of the packets, and of the beginning of the next
  std::size_t start_ = 0;            // of what is kept, in bytes_
  std::size_t parsed_ = 0;           // end of the last whole packet
};

}  // namespace streamdemo::processor
