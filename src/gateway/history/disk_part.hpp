// Which events of a history are on disk, and how many bytes they take there. Pure.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace streamdemo::gateway {

struct disk_part {
  // So much, at least, is given up at a time when the disk is full of tasks that have not ended.
  static constexpr std::uint64_t stretch_bytes = 1 << 20;
  struct stretch {
    std::int64_t from = 0;
    std::int64_t through = 0;  // 0: there is none
    std::uint64_t bytes = 0;
  };

  std::int64_t from = 1;    // the first seq on disk
  std::int64_t stored = 0;  // the last; before `from`: none
  std::int64_t queued = 0;  // the last that was given to the writer
  std::uint64_t bytes = 0;
  std::uint64_t queued_bytes = 0;  // that those will have, once they are written
  std::vector<stretch> stretches;  // all but the newest events
  std::uint64_t rest = 0;          // bytes that are in no stretch yet
  bool gone = false;               // the history was removed: what is still being written does not count

  bool has(std::int64_t seq) const noexcept { return seq >= from && seq <= stored; }
  // Whether memory may drop an event: it is here, or is given up here already.
  bool may_drop(std::int64_t seq) const noexcept { return seq <= stored; }

  // Returns whether they count: events that do not follow those before them are of no use.
  bool store(std::int64_t first, std::int64_t through, std::uint64_t size) {
    if (gone || first != stored + 1) return false;
    stored = through;
    bytes += size;
    rest += size;
    if (rest < stretch_bytes) return true;
    const auto begin = stretches.empty() ? from : stretches.back().through + 1;
    stretches.push_back({begin, through, rest});
    rest = 0;
    return true;
  }

  stretch drop_first() {
    if (stretches.empty()) return {};
    const auto first = stretches.front();
    stretches.erase(stretches.begin());
    from = first.through + 1;
    bytes -= first.bytes;
    queued_bytes -= first.bytes;
    return first;
  }

  // What an earlier process wrote. How its bytes are spread over the events is not known, and taken to be even.
  void restore(std::int64_t first, std::int64_t last, std::uint64_t size) {
    constexpr std::uint64_t most_stretches = 64;
    from = first;
    stored = queued = last;
    bytes = queued_bytes = size;
    const auto events = static_cast<std::uint64_t>(last + 1 - first);
    const auto n = std::min({most_stretches, size / stretch_bytes, events});
    for (std::uint64_t i = 0; i < n; ++i) {
      const auto begin = stretches.empty() ? first : stretches.back().through + 1;
      stretches.push_back({begin, first + static_cast<std::int64_t>(events * (i + 1) / n) - 1, size / n});
    }
    rest = size - n * (n == 0 ? 0 : size / n);
  }

  void begin_anew(std::int64_t seq) {
    *this = {};
    from = seq;
    stored = queued = seq - 1;
  }
};

}  // namespace streamdemo::gateway
