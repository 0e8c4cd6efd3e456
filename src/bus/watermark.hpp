// The low watermark of one partition under one assignment: the offset that may be committed while records complete in
// any order. Pure. Offsets may have gaps, as in a compacted log.
#pragma once
#include <cstdint>
#include <deque>

namespace streamdemo::bus {

class watermark {
 public:
  // `first`: every record before this offset is completed.
  explicit watermark(std::int64_t first) noexcept : value_(first) {}

  // A record was delivered. Offsets must increase; one that does not is ignored.
  void take(std::int64_t offset, std::size_t bytes = 0);

  // True: value() has advanced. Also false for an offset that was never taken or is already completed.
  bool complete(std::int64_t offset);

  // The offset to commit, where the next owner starts: all records taken before it are completed.
  std::int64_t value() const noexcept { return value_; }

  // The number of records taken at or past value(), which max_gap bounds.
  std::size_t gap() const noexcept { return taken_.size(); }
  // The bytes of the taken, un-completed records.
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct entry {
    std::int64_t offset;
    std::size_t bytes;
    bool completed;
  };
  std::int64_t value_;
  std::size_t bytes_ = 0;
  std::deque<entry> taken_;  // by increasing offset; the front is never completed
};

}  // namespace streamdemo::bus
