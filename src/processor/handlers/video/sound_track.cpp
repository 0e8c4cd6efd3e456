#include "processor/handlers/video/sound_track.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace streamdemo::processor {

namespace {

constexpr std::size_t header_bytes = 7;
// More packets than any sound has. It fits into every type used here, whatever times a file claims.
constexpr double most_packets = 1e15;

// The length of the ADTS packet that begins at `p`; 0: none begins there.
std::size_t packet_size(const char* p) {
  const auto at = [p](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(p[i])); };
  if (at(0) != 0xff || (at(1) & 0xf6) != 0xf0) return 0;
  const auto size = (at(3) & 3) << 11 | at(4) << 3 | at(5) >> 5;
  return size < header_bytes ? 0 : size;
}

}  // namespace

sound_track::sound_track(double origin, int sample_rate, double from)
    : origin_(origin), sample_rate_(sample_rate), keep_from_(packet_at(from) - 1) {}

// The number of the packet at this time. Never the first one, whose samples come from before the sound. The small term
// makes halves round up in every run, even if a run computes a slightly smaller sum.
std::int64_t sound_track::packet_at(double seconds) const {
  const auto n = std::floor((seconds - origin_) * sample_rate_ / packet_samples + 0.5 + 1e-6);
  return static_cast<std::int64_t>(std::fmin(std::fmax(n, 1.0), most_packets));
}

bool sound_track::add(std::string_view bytes) {
  bytes_.append(bytes);
  if (!parse()) return false;
  drop_before(keep_from_);
  return bytes_.size() - start_ <= most_bytes;
}

bool sound_track::parse() {
  while (parsed_ + header_bytes <= bytes_.size()) {
    const auto size = packet_size(bytes_.data() + parsed_);
    if (size == 0) return false;
    if (parsed_ + size > bytes_.size()) break;
    sizes_.push_back(static_cast<std::uint32_t>(size));
    parsed_ += size;
  }
  return true;
}

void sound_track::drop_before(std::int64_t packet) {
  while (first_ < packet && !sizes_.empty()) {
    start_ += sizes_.front();
    sizes_.pop_front();
    ++first_;
  }
  // Erase rarely, so that each byte is moved only once or twice.
  if (start_ > bytes_.size() / 2 && start_ > 65536) {
    bytes_.erase(0, start_);
    parsed_ -= start_;
    start_ = 0;
  }
}

bool sound_track::reaches(double end) const {
  return finished_ || first_ + static_cast<std::int64_t>(sizes_.size()) >= packet_at(end);
}

std::optional<double> sound_track::end() const {
  const auto packets = first_ + static_cast<std::int64_t>(sizes_.size());
  if (packets < 2) return std::nullopt;
  return origin_ + static_cast<double>(packets) * packet_samples / sample_rate_;
}

sound_track::part sound_track::take(double start, std::optional<double> end) {
  const auto packets = first_ + static_cast<std::int64_t>(sizes_.size());
  const auto from = packet_at(start);
  const auto to = end ? std::min(packet_at(*end), packets) : packets;
  drop_before(from - 1);
  part p;
  if (to > from && first_ < from) {
    const auto count = static_cast<std::ptrdiff_t>(to - first_);
    const auto size = std::accumulate(sizes_.begin(), sizes_.begin() + count, std::size_t{0});
    p.bytes = bytes_.substr(start_, size);
    const auto packet = static_cast<double>(packet_samples) / sample_rate_;
    // Within the sound a part starts with its clip, at most half a packet too early or too late. The first part starts
    // when the sound does.
    const auto heard = from == 1 ? origin_ + packet - start : 0;
    p.offset = heard - packet;
  }
  keep_from_ = to - 1;
  return p;
}

}  // namespace streamdemo::processor
