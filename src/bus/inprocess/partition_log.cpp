#include "bus/inprocess/partition_log.hpp"

#include <algorithm>

namespace streamdemo::bus::inprocess {

base::record_ptr partition_log::append(base::record r, base::sys_time now, std::uint64_t age) {
  last_ = std::max<base::sys_time>(last_, std::chrono::floor<base::milliseconds>(now));
  r.offset = end();
  r.log_time = last_;
  const auto bytes = r.bytes();
  auto shared = std::make_shared<const base::record>(std::move(r));
  entries_.push_back({shared, bytes, age});
  return shared;
}

std::int64_t partition_log::at_time(base::sys_time t) const {
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), t,
                                   [](const entry& e, base::sys_time wanted) { return e.record->log_time < wanted; });
  return begin_ + (it - entries_.begin());
}

std::size_t partition_log::drop_oldest() {
  const auto bytes = entries_.front().bytes;
  entries_.pop_front();
  ++begin_;
  return bytes;
}

}  // namespace streamdemo::bus::inprocess
