// What time asks of the books: signs of life, expiry, forgetting; and giving everything up at the end.
#include "processor/decisions.hpp"

namespace streamdemo::processor {

using task::message;
using task::message_type;

void decisions::tick(base::steady_time now, sys_time wall) {
  holdback_.tick(now);
  wall_ = wall;
  for (auto at = books_.begin(); at != books_.end();) {
    auto& b = *(at++)->second;
    for (auto it = b.works.begin(); it != b.works.end();) {
      auto here = it++;
      auto& w = here->second;
      const auto* t = b.fold.find(w.id);
      if (t == nullptr || t->end || log_time_ < t->expiry) continue;
      if (w.run && w.run->now == own_run::phase::begun) {
        w.run->now = own_run::phase::stopping;
        actions_.emplace_back(stop{{b.number, w.id, w.run->id}, stop_reason::expired});
      } else {
        settle(b, here);
      }
    }
    send_alive(b, now);
    forget(b);
    close_if_idle(b);
  }
  fill_slots();
}

void decisions::send_alive(book& b, base::steady_time now) {
  const bool due = !b.alive_sent || now - *b.alive_sent >= options_.alive_interval;
  if (!due || b.alive_in_flight || !needs_alive(b)) return;
  b.alive_sent = now;
  b.alive_in_flight = true;
  message m;
  m.type = message_type::alive;
  m.payload = "{}";
  actions_.emplace_back(publish{b.number, std::move(m)});
}

bool decisions::needs_alive(book& b) const {
  for (const auto& [id, w] : b.works) {
    if (w.run) return true;
    const auto* t = b.fold.find(id);
    if (t != nullptr && t->current) return true;
  }
  return false;
}

// Never what a request still in hand may need: its task was accepted, and may have ended, at most the margin before
// work::since.
void decisions::forget(book& b) {
  auto until = b.log_time;
  for (const auto& [id, w] : b.works) until = std::min(until, w.since - options_.recovery_margin);
  std::erase_if(b.newer_tasks, [&](const auto& t) { return t.second.expiry < until && !b.works.contains(t.first); });
  if (b.fold.forget(until) > 0) b.complete_from = std::max(b.complete_from, until - options_.keep_for);
}

void decisions::drain() {
  draining_ = true;
  line_.clear();
  for (auto at = books_.begin(); at != books_.end();) {
    auto& b = *(at++)->second;
    b.topics.clear();
    for (auto it = b.works.begin(); it != b.works.end();) {
      auto here = it++;
      here->second.deliveries.clear();
      settle(b, here);
    }
    close_if_idle(b);
  }
}

void decisions::release_all() {
  draining_ = true;
  for (auto at = books_.begin(); at != books_.end();) {
    auto& b = *(at++)->second;
    for (auto it = b.works.begin(); it != b.works.end();) {
      auto here = it++;
      auto& w = here->second;
      if (!w.run) continue;
      if (w.run->now == own_run::phase::begun) {
        w.run->now = own_run::phase::stopping;
        actions_.emplace_back(stop{{b.number, w.id, w.run->id}, stop_reason::released});
      } else if (w.run->now == own_run::phase::pending) {
        send_release(b, w, w.run->id, 2);
        drop_run(w);
        settle(b, here);
      }
    }
    close_if_idle(b);
  }
}

}  // namespace streamdemo::processor
