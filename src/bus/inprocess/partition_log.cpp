#include "bus/inprocess/partition_log.hpp"

#include <algorithm>
#include <utility>

namespace streamdemo::bus::inprocess {

void partition_log::stamp(base::record& r, base::sys_time now) {
  last_ = std::max<base::sys_time>(last_, std::chrono::floor<base::milliseconds>(now));
  r.offset = next_++;
  r.log_time = last_;
}

base::record_ptr partition_log::append(base::record&& stamped, std::uint64_t age) {
  const auto bytes = stamped.bytes();
  auto shared = std::make_shared<const base::record>(std::move(stamped));
  entries_.push_back({shared, shared->log_time, bytes, age});
  return shared;
}

void partition_log::restore(base::record&& stored, std::uint64_t age) {
  next_ = stored.offset + 1;
  append(std::move(stored), age);
}

std::int64_t partition_log::at_time(base::sys_time t) const {
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), t,
                                   [](const entry& e, base::sys_time wanted) { return e.log_time < wanted; });
  return begin_ + (it - entries_.begin());
}

std::size_t partition_log::drop_oldest() {
  const auto bytes = entries_.front().bytes;
  entries_.pop_front();
  ++begin_;
  return bytes;
}

std::size_t partition_log::drop(std::int64_t offset) {
  auto& e = entries_[index(offset)];
  e.record.reset();
  const auto before = std::exchange(e.bytes, std::min(e.bytes, bytes_of_place));
  return before - e.bytes;
}

}  // namespace streamdemo::bus::inprocess
