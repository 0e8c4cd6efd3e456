// When this process says what it offers (streamdemo/task/offer.hpp), and in which partition of `response`. All gateways
// read all partitions, so one record is enough for all of them; it is said in the first partition that this process
// owns, because a process may only be heard where it follows the log. Said again once an interval, and sooner only if
// something has changed that gateways cannot tell from the records of tasks: partitions, kinds, slots in all, draining.
// So a processor writes one such record in two seconds, however many tasks start and end. Pure; used by decisions.
#pragma once
#include <streamdemo/task/offer.hpp>

#include "processor/decisions/actions.hpp"

namespace streamdemo::processor {

class offers {
 public:
  explicit offers(base::milliseconds interval) : interval_(interval) {}

  // What to publish now, if `present` must be said now. One record at a time is under way.
  std::optional<publish> due(const task::offer& present, base::steady_time now);
  void published() noexcept { in_flight_ = false; }

  // The last one: this process takes no more tasks. nullopt: it has never offered anything.
  std::optional<publish> farewell(task::offer present);

 private:
  publish say(const task::offer& o);

  base::milliseconds interval_;
  std::optional<task::offer> said_;  // with nothing running: what of it is news
  base::steady_time said_at_{};
  std::int32_t home_ = 0;  // where it is said
  bool in_flight_ = false;
};

}  // namespace streamdemo::processor
