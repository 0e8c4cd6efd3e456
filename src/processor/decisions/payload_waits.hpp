// The tasks whose turn has come before their payload. A slot is kept for each, since it mostly comes within
// milliseconds, but only for so long: after that its partition counts as stalled, and its tasks that have no payload
// are set aside, without a slot, until something of the partition is read again. So a partition that cannot be read
// holds up no task of another. Times are counted from the next tick on. Pure; used by decisions; one thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "processor/decisions/start_line.hpp"

namespace streamdemo::processor {

class payload_waits {
 public:
  static constexpr base::milliseconds longest{2000};

  // It waits, and a slot is kept for it.
  void keep(start_line::place p) { kept_.push_back({std::move(p), std::nullopt}); }
  bool is_stalled(std::int32_t partition) const { return stalled_.contains(partition); }
  // It waits without a slot. Its partition must be stalled.
  void set_aside(start_line::place p) { stalled_.find(p.partition)->second.push_back(std::move(p)); }

  // It waits no longer, or is gone.
  void erase(const start_line::place& p) {
    std::erase_if(kept_, [&](const wait& w) { return w.place == p; });
  }
  // Something of the partition was read. Returns those that were set aside, the first one first.
  std::deque<start_line::place> goes_on(std::int32_t partition) {
    auto node = stalled_.extract(partition);
    return node.empty() ? std::deque<start_line::place>{} : std::move(node.mapped());
  }

  // Returns those that have waited too long: their slots are to be given up. They are set aside.
  std::vector<start_line::place> tick(base::steady_time now);

  // Of those that were set aside.
  template <class Predicate>
  void erase_aside_if(Predicate gone) {
    for (auto& [partition, places] : stalled_) std::erase_if(places, gone);
  }
  std::size_t aside() const noexcept {
    std::size_t n = 0;
    for (const auto& [partition, places] : stalled_) n += places.size();
    return n;
  }

 private:
  struct wait {
    start_line::place place;
    std::optional<base::steady_time> since;
  };
  std::vector<wait> kept_;  // not more than there are slots
  std::map<std::int32_t, std::deque<start_line::place>> stalled_;
};

}  // namespace streamdemo::processor
