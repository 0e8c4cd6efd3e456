// The records of one partition that are in memory, oldest first. Pure and single-threaded. The topic owns it and
// decides what to drop.
#pragma once
#include <streamdemo/base/record.hpp>

#include <deque>

namespace streamdemo::bus::inprocess {

class partition_log {
 public:
  partition_log() = default;
  // Goes on where an earlier process ended: the next record gets the offset `end`, and no earlier log time than `last`.
  partition_log(std::int64_t end, base::sys_time last) : begin_(end), next_(end), last_(last) {}

  // Gives a record its offset and its log time: `now` in milliseconds, but not before the record ahead of it. It is
  // appended later, in the order of these calls.
  void stamp(base::record& r, base::sys_time now);
  // Takes back the offsets of all records that were stamped and not appended.
  void unstamp() noexcept { next_ = end(); }
  // Appends the next of the stamped records. `age` orders the records across all partitions of a topic.
  base::record_ptr append(base::record&& stamped, std::uint64_t age);
  // Appends a record of an earlier process, whose offset is end().
  void restore(base::record&& stored, std::uint64_t age);

  // The offsets that are in memory: [begin, end).
  std::int64_t begin() const noexcept { return begin_; }
  std::int64_t end() const noexcept { return begin_ + static_cast<std::int64_t>(entries_.size()); }
  // Where the next record to be stamped goes; past end() while records are stamped and not yet appended.
  std::int64_t next() const noexcept { return next_; }
  // The log time of the newest record there ever was, also of one that was only stamped.
  base::sys_time last_time() const noexcept { return last_; }

  // begin() <= offset < end(). nullptr: it was dropped by drop().
  const base::record_ptr& at(std::int64_t offset) const { return entries_[index(offset)].record; }

  // The first record whose log time is not before `t`; end() when there is none.
  std::int64_t at_time(base::sys_time t) const;

  // Both require a log that is not empty.
  std::uint64_t oldest_age() const { return entries_.front().age; }
  std::size_t drop_oldest();  // returns the number of bytes that this freed
  // Drops a record in the middle; its place stays, which counts as bytes_of_place until it is the oldest. begin() <=
  // offset < end(). Returns the number of bytes that this freed.
  std::size_t drop(std::int64_t offset);

 private:
  struct entry {
    base::record_ptr record;
    base::sys_time log_time;
    std::size_t bytes;
    std::uint64_t age;
  };
  static constexpr std::size_t bytes_of_place = sizeof(entry);
  std::size_t index(std::int64_t offset) const { return static_cast<std::size_t>(offset - begin_); }

  std::int64_t begin_ = 0;
  std::int64_t next_ = 0;  // the offset of the next record to be stamped
  base::sys_time last_{};  // kept when the records are dropped, so that log times never go back
  std::deque<entry> entries_;
};

}  // namespace streamdemo::bus::inprocess
