// The records of one partition, oldest first. Pure and single-threaded; the topic owns it and decides what is dropped.
#pragma once
#include <streamdemo/base/record.hpp>

#include <deque>

namespace streamdemo::bus::inprocess {

class partition_log {
 public:
  // Gives the record its offset and its log time: `now` in milliseconds, but never before its predecessor's. `age`
  // orders the records of all partitions of a topic.
  base::record_ptr append(base::record r, base::sys_time now, std::uint64_t age);

  std::int64_t begin() const noexcept { return begin_; }
  std::int64_t end() const noexcept { return begin_ + static_cast<std::int64_t>(entries_.size()); }

  // begin() <= offset < end()
  const base::record_ptr& at(std::int64_t offset) const { return entries_[index(offset)].record; }

  // The first record whose log time is not before `t`; end() when there is none.
  std::int64_t at_time(base::sys_time t) const;

  // Not empty:
  std::uint64_t oldest_age() const { return entries_.front().age; }
  std::size_t drop_oldest();  // returns the bytes that are free now

 private:
  struct entry {
    base::record_ptr record;
    std::size_t bytes;
    std::uint64_t age;
  };
  std::size_t index(std::int64_t offset) const { return static_cast<std::size_t>(offset - begin_); }

  std::int64_t begin_ = 0;
  base::sys_time last_{};  // survives the records, so that time never goes back
  std::deque<entry> entries_;
};

}  // namespace streamdemo::bus::inprocess
