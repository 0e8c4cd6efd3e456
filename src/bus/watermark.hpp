// The low watermark of one partition under one assignment: the offset that may be committed while records complete in
// any order. It remembers only the records that are not completed: all others between the watermark and the last one
// that was taken are completed, so a long time at one record costs no memory. Pure. Offsets may have gaps, as in a
// compacted log.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>

namespace streamdemo::bus {

class watermark {
 public:
  // `first`: every record before this offset is completed.
  explicit watermark(std::int64_t first) noexcept : value_(first), end_(first) {}

  // A record was delivered. Offsets must increase; one that does not is ignored.
  void take(std::int64_t offset, std::size_t bytes = 0);

  // True: value() has advanced. Also false for an offset that was never taken or is already completed.
  bool complete(std::int64_t offset);

  // This record, which is taken and not completed, has so many bytes now. Ignored for any other.
  void recount(std::int64_t offset, std::size_t bytes);

  // The offset to commit, where the next owner starts: all records taken before it are completed.
  std::int64_t value() const noexcept { return value_; }

  // The records that are taken and not completed: their number, and their bytes.
  std::size_t open() const noexcept { return open_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }
  // How many offsets from value() on were taken in: what the next owner gets again.
  std::size_t gap() const noexcept { return static_cast<std::size_t>(end_ - value_); }

 private:
  std::int64_t value_;
  std::int64_t end_;  // one past the last record that was taken
  std::size_t bytes_ = 0;
  std::map<std::int64_t, std::size_t> open_;  // offset → bytes
};

}  // namespace streamdemo::bus
