// The partitions of a topic and the bound on their memory. Pure and single-threaded.
// A *hold* is the offset of a reader or group that still needs the records from there on to be in memory.
// With a journal, records stay on disk when they leave memory, and a topic that waits no longer waits for its readers:
// they read from there. A topic that refuses has in memory whatever it has on disk.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include "bus/inprocess/journal/layout.hpp"
#include "bus/inprocess/partition_log.hpp"

namespace streamdemo::bus::inprocess {

class topic {
 public:
  // In memory only.
  explicit topic(topic_spec spec);
  // With a journal that has this of its partitions. The memory begins empty, at their ends.
  topic(topic_spec spec, const std::vector<journal::partition_entry>& stored);

  const topic_spec& spec() const noexcept { return spec_; }
  std::int32_t partitions() const noexcept { return static_cast<std::int32_t>(slots_.size()); }
  bool has(std::int32_t partition) const noexcept { return partition >= 0 && partition < partitions(); }
  const partition_log& log(std::int32_t partition) const { return slots_[std::size_t(partition)].log; }
  std::size_t bytes() const noexcept { return bytes_; }
  bool journaled() const noexcept { return journaled_; }

  // The first offset that can be read, from memory or from the journal.
  std::int64_t begin(std::int32_t partition) const;
  // What the journal is to have of this partition.
  journal::partition_entry entry(std::int32_t partition) const;
  // The journal's first record of this partition; it is the caller who removes those before it.
  std::int64_t kept_from(std::int32_t partition) const { return slots_[std::size_t(partition)].kept_from; }
  void keep_from(std::int32_t partition, std::int64_t offset);

  // Drops records that nobody needs, oldest first, and then completed ones behind others that are not, until a record
  // of this size fits. True: its room is reserved; append it or give the room back. An empty topic takes one record of
  // any size.
  bool make_room(std::size_t bytes);
  // Everybody who holds this partition has completed the record, though perhaps not those before it: it may be dropped.
  void completed(std::int32_t partition, std::int64_t offset);
  // Drops whatever every hold has passed. Without a hold, nothing.
  void drop_completed();
  void give_back(std::size_t bytes) noexcept { bytes_ -= bytes; }

  // As partition_log's: stamp a record, then append it.
  void stamp(record& r, sys_time now) { slots_[std::size_t(r.partition)].log.stamp(r, now); }
  void unstamp(std::int32_t partition) { slots_[std::size_t(partition)].log.unstamp(); }
  record_ptr append(record&& stamped);
  // Puts a record that the journal has back into memory, in front of nothing: its partition's memory is empty, or ends
  // right before it.
  void restore(record&& stored);

  // Adds a hold at `*position`, which must stay valid until release() and must never decrease. A record is dropped only
  // if it is before every hold of its partition. Without a hold, when_full::wait drops any record (nobody needs it) and
  // when_full::refuse drops none (nobody has completed it).
  void hold(std::int32_t partition, const std::int64_t* position);
  void release(std::int32_t partition, const std::int64_t* position);
  // Whether a reader needs a hold at its position.
  bool waits_for_readers() const noexcept { return spec_.full == when_full::wait && !journaled_; }

 private:
  struct slot {
    partition_log log;
    std::vector<const std::int64_t*> holds;
    std::int64_t kept_from = 0;           // with a journal
    std::vector<std::int64_t> completed;  // offsets that may be dropped; some perhaps twice, or dropped already
  };
  static void prune(slot& s);
  bool drop_completed_between();
  bool droppable(const slot& s) const;
  slot* oldest_droppable();

  topic_spec spec_;
  bool journaled_ = false;
  std::vector<slot> slots_;
  std::size_t bytes_ = 0;  // of the records in memory and of reserved room
  std::uint64_t appended_ = 0;
};

}  // namespace streamdemo::bus::inprocess
