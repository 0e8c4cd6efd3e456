// Bounds what a group member receives: so many un-completed records per partition, so many records past its low
// watermark, and no further record while the un-completed ones of all partitions hold max_bytes. Pure; the owner must
// synchronise access.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include "bus/watermark.hpp"

namespace streamdemo::bus {

class intake {
 public:
  explicit intake(const group_options& o) : max_open_(o.max_open), max_gap_(o.max_gap), max_bytes_(o.max_bytes) {}

  // Call it before each round of taking, with the bytes of the records that are un-completed now.
  void begin_round(std::size_t held_bytes) noexcept {
    held_ = held_bytes;
    held_back_ = false;
  }
  // Whether one more record of this partition may be taken.
  bool has_room(const watermark& done) const noexcept { return done.open() < max_open_ && done.gap() < max_gap_; }
  // Whether max_bytes allows one more record. With none held the answer is yes, whatever the size of the next one.
  bool has_bytes() noexcept {
    if (held_ > 0 && held_ >= max_bytes_) held_back_ = true;
    return !held_back_;
  }
  void take(watermark& done, std::int64_t offset, std::size_t bytes) {
    done.take(offset, bytes);
    held_ += bytes;
  }

  struct completion {
    bool moved;  // the watermark has advanced: there is something to commit
    bool room;   // records that were held back may be taken now
  };
  completion complete(watermark& done, std::int64_t offset) const {
    const bool was_full = !has_room(done);
    const bool moved = done.complete(offset);
    return {moved, held_back_ || (was_full && has_room(done))};
  }
  // True: records that were held back may be taken now.
  bool recount(watermark& done, std::int64_t offset, std::size_t bytes) const {
    const auto before = done.bytes();
    done.recount(offset, bytes);
    return held_back_ && done.bytes() < before;
  }

 private:
  const std::size_t max_open_;
  const std::size_t max_gap_;
  const std::size_t max_bytes_;
  std::size_t held_ = 0;    // during a round: the bytes of un-completed records
  bool held_back_ = false;  // the last round stopped because of max_bytes
};

// Adds what is held of one more partition.
inline void add(holdings& to, const watermark& of) noexcept {
  to.records += of.open();
  to.bytes += of.bytes();
  if (of.gap() > to.gap) to.gap = of.gap();
}

}  // namespace streamdemo::bus
