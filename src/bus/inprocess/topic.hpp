// A topic's partitions and the bound on the memory of all of them together. Pure and single-threaded.
// A *hold* is the position of somebody who still needs what stands at or past it.
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

  // Drops what it may, oldest first, until a record of that size fits. True: append it now. An empty topic takes one
  // record of any size.
  bool make_room(std::size_t bytes);
  record_ptr append(record r, std::int32_t partition, sys_time now);

  // `position` outlives the hold and only rises. Only what is before every hold of its partition is dropped. Where
  // there is none, a topic that waits drops anything (all have passed), one that refuses drops nothing (none has
  // completed).
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
