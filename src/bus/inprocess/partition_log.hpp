// The records of one partition, oldest first. Pure and single-threaded. The topic owns it and decides what to drop.
#pragma once
#include <streamdemo/base/record.hpp>

#include <deque>

namespace streamdemo::bus::inprocess {

class partition_log {
 public:
  // Sets the record's offset and its log time: `now` in milliseconds, but not before the record ahead of it. `age`
  // orders the records across all partitions of a topic.
  base::record_ptr append(base::record r, base::sys_time now, std::uint64_t age);

  std::int64_t begin() const noexcept { return begin_; }
  std::int64_t end() const noexcept { return begin_ + static_cast<std::int64_t>(entries_.size()); }

  // begin() <= offset < end()
  const base::record_ptr& at(std::int64_t offset) const { return entries_[index(offset)].record; }

  // The first record whose log time is not before `t`; end() when there is none.
  std::int64_t at_time(base::sys_time t) const;

  // Both require a log that is not empty.
  std::uint64_t oldest_age() const { return entries_.front().age; }
  std::size_t drop_oldest();  // returns the number of bytes that this freed

 private:
  struct entry {
    base::record_ptr record;
    std::size_t bytes;
    std::uint64_t age;
  };
  std::size_t index(std::int64_t offset) const { return static_cast<std::size_t>(offset - begin_); }

  std::int64_t begin_ = 0;
  base::sys_time last_{};  // kept when the records are dropped, so that log times never go back
  std::deque<entry> entries_;
};

}  // namespace streamdemo::bus::inprocess
