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
  if (count_remembered() > options_.max_remembered_bytes) forget_early();
  remembered_bytes_ = count_remembered();
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

// What ended before may be forgotten for the sake of every request still in hand: their tasks were accepted, and may
// have ended, at most the margin before work::since.
sys_time decisions::needed_since(const book& b) const noexcept {
  auto since = sys_time::max();
  for (const auto& [id, w] : b.works) since = std::min(since, w.since - options_.recovery_margin);
  return since;
}

void decisions::forget(book& b) {
  const auto until = std::min(b.log_time, needed_since(b));
  std::erase_if(b.newer_tasks, [&](const auto& t) { return t.second.expiry < until && !b.works.contains(t.first); });
  if (b.fold.forget(until) > 0) b.complete_from = std::max(b.complete_from, until - options_.keep_for);
}

// A processor has to tell a task that has ended from one that was never accepted only while a request of it may come,
// and one that comes all the same has the partition read anew (complete_from). So, when memory is short, keep_for is
// not waited for: what ended before every request in hand began goes, but for the last two margins: one for the
// requests that are on their way, one for the clocks of the brokers, which need not agree. The gateways go on ignoring
// an `accepted` of such a task; none of them sends a request for it.
void decisions::forget_early() {
  for (auto& [number, b] : books_) {
    if (!b->followed) continue;
    const auto until = std::min(log_time_ - 2 * options_.recovery_margin, needed_since(*b));
    if (b->fold.forget_ended_before(until) > 0) b->complete_from = std::max(b->complete_from, until);
  }
}

std::size_t decisions::count_remembered() const noexcept {
  std::size_t bytes = 0;
  for (const auto& [number, b] : books_) bytes += b->fold.ended_bytes();
  return bytes;
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
