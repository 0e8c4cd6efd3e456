// The partitions of a topic and the bound on their memory. Pure and single-threaded.
// A *hold* is the offset of a reader or group that still needs the records from there on.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include "bus/inprocess/partition_log.hpp"

namespace streamdemo::bus::inprocess {

class topic {
 public:
  explicit topic(topic_spec spec);

  const topic_spec& spec() const noexcept { return spec_; }
  std::int32_t partitions() const noexcept { return static_cast<std::int32_t>(slots_.size()); }
  bool has(std::int32_t partition) const noexcept { return partition >= 0 && partition < partitions(); }
  const partition_log& log(std::int32_t partition) const { return slots_[std::size_t(partition)].log; }
  std::size_t bytes() const noexcept { return bytes_; }

  // Drops records that nobody needs, oldest first, until a record of this size fits. True: append it now. An empty
  // topic takes one record of any size.
  bool make_room(std::size_t bytes);
  record_ptr append(record r, std::int32_t partition, sys_time now);

  // Adds a hold at `*position`, which must stay valid until release() and must never decrease. A record is dropped only
  // if it is before every hold of its partition. Without a hold, when_full::wait drops any record (nobody needs it) and
  // when_full::refuse drops none (nobody has completed it).
  void hold(std::int32_t partition, const std::int64_t* position);
  void release(std::int32_t partition, const std::int64_t* position);

 private:
  struct slot {
    partition_log log;
    std::vector<const std::int64_t*> holds;
  };
  bool droppable(const slot& s) const;
  slot* oldest_droppable();

  topic_spec spec_;
  std::vector<slot> slots_;
  std::size_t bytes_ = 0;
  std::uint64_t appended_ = 0;
};

}  // namespace streamdemo::bus::inprocess
