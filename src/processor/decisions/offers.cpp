#include "processor/decisions/offers.hpp"

namespace streamdemo::processor {

namespace {

// What gateways cannot tell from the records of tasks.
task::offer with_nothing_running(task::offer o) {
  o.slots = {o.slots.all(), 0};
  for (auto& [kind, c] : o.kinds) c = {c.most(), 0, 0};
  return o;
}

}  // namespace

std::optional<publish> offers::due(const task::offer& present, base::steady_time now) {
  auto news = with_nothing_running(present);
  const bool is_news = said_ ? news != *said_ : !present.partitions.empty();
  const bool is_time = !present.partitions.empty() && now - said_at_ >= interval_;
  if (in_flight_ || !(is_news || is_time)) return std::nullopt;
  if (!present.partitions.empty()) home_ = present.partitions.begin()->second.front();
  said_ = std::move(news);
  said_at_ = now;
  return say(present);
}

std::optional<publish> offers::farewell(task::offer present) {
  if (!said_) return std::nullopt;
  present.draining = true;
  return say(present);
}

publish offers::say(const task::offer& o) {
  in_flight_ = true;
  task::message m;
  m.type = task::message_type::alive;
  m.payload = task::offer_payload(o);
  return {home_, std::move(m)};
}

}  // namespace streamdemo::processor
