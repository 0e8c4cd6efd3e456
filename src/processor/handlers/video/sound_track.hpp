// The encoded sound of a whole video, as ffmpeg writes it, divided into the parts of the clips. An AAC packet can be
// decoded only after the one before it. So each part begins with one extra packet that is not heard, and parts are
// divided between packets; joined, the parts give the whole sound, sample by sample. Pure.
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

  // `origin`: the time of the first packet's samples, in seconds of the picture's clock. They are the encoder's initial
  // silence and belong to no part. `from`: packets before this time are not kept.
  sound_track(double origin, int sample_rate, double from);

  // Adds bytes of an ADTS stream. False: it is not ADTS, or more than the bound would have to be kept.
  bool add(std::string_view bytes);
  void finish() noexcept { finished_ = true; }
  // finish(): the stream is complete.
  bool finished() const noexcept { return finished_; }

  // Whether all packets of a clip that ends at this time have arrived.
  bool reaches(double end) const;
  // The end of the last packet, in seconds; nullopt: there is no packet.
  std::optional<double> end() const;

  struct part {
    std::string bytes;  // ADTS; empty: the clip has no sound
    double offset = 0;  // when the first packet, which is not heard, begins; in seconds of the clip
  };
  // The part of a clip from `start` to `end`, or to the end of the sound. Parts must be taken in order.
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
  std::int64_t first_ = 0;           // the number of the first packet that is kept
  std::deque<std::uint32_t> sizes_;  // of the kept packets
  std::string bytes_;                // the kept packets and the beginning of the next one
  std::size_t start_ = 0;            // where the first kept packet begins in bytes_
  std::size_t parsed_ = 0;           // where the last complete packet ends in bytes_
};

}  // namespace streamdemo::processor
