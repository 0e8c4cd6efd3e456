// The low watermark of one partition under one assignment: which offset may be committed while records are completed in
// any order. Pure; knows no bus. Offsets may have holes (a compacted log has).
#pragma once
#include <cstdint>
#include <deque>

namespace streamdemo::bus {

class watermark {
 public:
  // Nothing before `first` is un-completed.
  explicit watermark(std::int64_t first) noexcept : value_(first) {}

  // The record was handed to the worker. Offsets rise; one that does not is ignored.
  void take(std::int64_t offset, std::size_t bytes = 0);

  // True: value() has moved. False also for an offset that was never taken or is completed already.
  bool complete(std::int64_t offset);

  // All taken records before it are completed: where the next owner would begin.
  std::int64_t value() const noexcept { return value_; }

  // Records taken at or past value(): what is bounded by max_gap.
  std::size_t gap() const noexcept { return taken_.size(); }
  // Of the taken records that are not completed.
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct entry {
    std::int64_t offset;
    std::size_t bytes;
    bool completed;
  };
  std::int64_t value_;
  std::size_t bytes_ = 0;
  std::deque<entry> taken_;  // rising; the front is never completed
};

}  // namespace streamdemo::bus
