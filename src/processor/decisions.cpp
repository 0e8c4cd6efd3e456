// The books: what came in, and which tasks have to be looked at for it.
#include "processor/decisions.hpp"

namespace streamdemo::processor {

using task::message;
using task::message_type;

decisions::decisions(decision_options o) : options_(std::move(o)), slots_(options_.concurrency) {}

book* decisions::find(std::int32_t partition) {
  const auto it = books_.find(partition);
  return it == books_.end() ? nullptr : it->second.get();
}

book& decisions::open(std::int32_t partition) {
  auto& b = books_[partition];
  if (!b) {
    task::fold::options f;
    f.keep_for = options_.keep_for;
    f.keep_last_result = true;
    b = std::make_unique<book>(partition, f, options_.alive_interval);
  }
  return *b;
}

void decisions::on_assigned(const std::vector<bus::partition_id>& partitions, sys_time own_clock) {
  for (const auto& p : partitions) {
    auto& b = open(p.partition);
    b.topics.insert(p.topic);
    b.owner_changes(next_question_);
    b.opened_at = std::min(b.opened_at, own_clock);
  }
}

void decisions::on_revoked(const std::vector<bus::partition_id>& partitions) {
  for (const auto& p : partitions) {
    auto* b = find(p.partition);
    if (b == nullptr) continue;
    b->topics.erase(p.topic);
    b->owner_changes(next_question_);
    for (auto it = b->works.begin(); it != b->works.end();) {
      auto now = it++;
      auto& w = now->second;
      std::erase_if(w.deliveries, [&](const bus::delivery& d) { return d.record->topic == p.topic; });
      settle(*b, now);
    }
    close_if_idle(*b);
  }
  std::erase_if(line_, [&](const auto& place) {
    const auto* b = find(place.first);
    return b == nullptr || !b->works.contains(place.second);
  });
  fill_slots();
}

void decisions::on_request(const bus::delivery& d) {
  auto& b = open(d.record->partition);
  auto m = task::decode(*d.record);
  if (!m || m->type != message_type::submitted || m->request_id.empty()) {
    letters_[next_letter_] = {d, b.number, {}};
    std::string why = m ? "it is not a request" : m.error().message;
    actions_.emplace_back(dead_letter{next_letter_++, d.record, std::move(why)});
    return;
  }
  auto [it, is_new] = b.works.try_emplace(m->request_id);
  auto& w = it->second;
  if (is_new) {
    w.id = m->request_id;
    w.request = d.record;
    w.kind = std::move(m->kind);
    w.content_type = std::move(m->content_type);
    w.traceparent = std::move(m->traceparent);
    w.tracestate = std::move(m->tracestate);
    w.since = d.record->log_time;
  }
  w.since = std::min({w.since, d.record->log_time, m->accepted_at.value_or(w.since)});
  const bool first = w.deliveries.empty();
  w.deliveries.push_back(d);
  // With another request record of the task in hand, the end asked for then does for both.
  if (first) ask(b, w);
  // What was read begins behind this task's beginning.
  if (b.followed && w.since - options_.recovery_margin < b.complete_from && !has_read(b, *m)) read_anew(b);
}

// Finding the task in what was read proves nothing, as it may have been accepted twice, unless it is by the very
// `accepted` that the request names. (One that has ended may be found by its end alone.)
bool decisions::has_read(const book& b, const message& request) const {
  const auto* t = b.fold.find(request.request_id);
  return request.accepted_at && t != nullptr && !t->end && t->accepted_at <= *request.accepted_at;
}

void decisions::ask(book& b, work& w) {
  w.judge_at = -1;
  w.question = next_question_++;
  b.unasked.push_back({w.question, w.id});
}

void decisions::on_end(std::int32_t partition, std::uint64_t token, std::int64_t end) {
  auto* b = find(partition);
  // An answer may outlive its book, which was closed and opened again: for the new one's questions it is too old.
  if (b == nullptr || b->asking != token) return;
  b->asking = 0;
  if (token >= b->owned_since) b->owned_from = std::min(b->owned_from, end);
  for (auto& q : b->asked) {
    const auto it = b->works.find(q.task);
    if (it == b->works.end() || it->second.question != q.number) continue;
    it->second.judge_at = end;
    b->gated.emplace_back(end, std::move(q.task));
  }
  b->asked.clear();
  if (!b->followed) {
    // Read before the first request comes: the first one then waits for nothing, and a bus that drops what every reader
    // has passed knows of this reader.
    auto from = b->opened_at;
    for (const auto& [id, w] : b->works) from = std::min(from, w.since);
    from -= options_.recovery_margin;
    b->followed = true;
    b->complete_from = from;
    b->follow_end = end;
    actions_.emplace_back(follow{partition, from});
  }
  moved_to(*b, b->position);
  close_if_idle(*b);
  fill_slots();
}

std::string_view decisions::on_response(std::int32_t partition, std::int64_t offset, sys_time log_time,
                                        const message* m) {
  std::string_view ignored;
  auto* b = find(partition);
  if (b == nullptr || !b->followed) return ignored;
  b->log_time = std::max(b->log_time, log_time);
  log_time_ = std::max(log_time_, std::min(log_time, wall_));
  if (m != nullptr) {
    note_newer(*b, *m, log_time);
    ignored = b->fold.apply(*m, log_time).why;
    if (m->type != message_type::accepted) {
      b->unbegun.erase(m->request_id);
    } else if (ignored.empty() && offset >= b->owned_from) {
      b->unbegun.insert(m->request_id);
    }
    if (m->source == options_.source) {
      read_own(*b, *m, log_time);
    } else {
      b->alive.heard(m->source);
    }
    if (!m->request_id.empty()) judge_at(*b, m->request_id);
  }
  moved_to(*b, offset + 1);
  close_if_idle(*b);
  fill_slots();
  return ignored;
}

// One that exists under known rules goes on under them: by all versions' rules a second `accepted` is ignored.
void decisions::note_newer(book& b, const message& m, sys_time log_time) {
  if (m.type != message_type::accepted || m.fold <= task::fold_version) return;
  const auto* t = b.fold.find(m.request_id);
  const bool exists = t != nullptr && (!t->end || t->ended_at + options_.keep_for >= log_time);
  if (!exists) b.newer_tasks.try_emplace(m.request_id, m.fold, m.expiry.value_or(log_time));
}

void decisions::read_own(book& b, const message& m, sys_time log_time) {
  if (m.type == message_type::alive) {
    b.alive.own_alive(log_time);
    judge_all(b);
    return;
  }
  const auto it = b.works.find(m.request_id);
  if (it == b.works.end()) return;
  auto& w = it->second;
  if (m.type == message_type::started && w.run && w.run->id == m.run) w.run->read_back = true;
  if (m.type == message_type::ended && m.run.empty() && m.replaces) w.verdict_sent = false;
  if (m.type == message_type::released && m.run == w.given_back) w.given_back.clear();
}

void decisions::moved_to(book& b, std::int64_t position) {
  b.position = std::max(b.position, position);
  while (!b.gated.empty() && b.gated.front().first <= b.position) {
    const auto id = std::move(b.gated.front().second);
    b.gated.pop_front();
    judge_at(b, id);
  }
}

void decisions::on_caught_up(std::int32_t partition) {
  auto* b = find(partition);
  if (b == nullptr || !b->followed) return;
  moved_to(*b, b->follow_end);
  give_up_unread_runs(*b);
  judge_all(*b);
  close_if_idle(*b);
  fill_slots();
}

// A run whose `started` is acknowledged but no longer in the log will never read it, and cannot tell whether it is
// still current. Letting go of it does no harm if it is not.
void decisions::give_up_unread_runs(book& b) {
  for (auto& [id, w] : b.works) {
    if (!w.run || w.run->read_back || w.run->started_at < 0 || w.run->started_at >= b.position) continue;
    if (w.run->now == own_run::phase::begun) {
      w.run->now = own_run::phase::stopping;
      actions_.emplace_back(stop{{b.number, id, w.run->id}, stop_reason::released});
    } else if (w.run->now == own_run::phase::pending) {
      send_release(b, w, w.run->id, 2);
      drop_run(w);
    } else {
      w.run->read_back = true;
    }
  }
}

void decisions::on_position_lost(std::int32_t partition) {
  if (auto* b = find(partition)) read_anew(*b);
}

void decisions::read_anew(book& b) {
  if (b.followed) actions_.emplace_back(unfollow{b.number});
  task::fold::options f;
  f.keep_for = options_.keep_for;
  f.keep_last_result = true;
  b.fold = task::fold(f);
  b.alive = liveness(options_.alive_interval);
  b.newer_tasks.clear();
  b.followed = false;
  b.position = -1;
  b.complete_from = sys_time::max();
  b.owner_changes(next_question_);
  b.gated.clear();
  b.asked.clear();
  b.unasked.clear();
  // An answer still under way is of before: it must not be taken for the end of the new beginning.
  for (auto& [id, w] : b.works) {
    w.verdict_sent = false;
    w.releasing.clear();
    w.given_back.clear();
    if (w.run) w.run->read_back = false;
    ask(b, w);
  }
}

void decisions::on_started_published(const run_key& key, std::int64_t offset) {
  auto* b = find(key.partition);
  if (b == nullptr) return;
  const auto it = b->works.find(key.task);
  if (it != b->works.end() && it->second.run && it->second.run->id == key.run) it->second.run->started_at = offset;
}

void decisions::on_alive_published(std::int32_t partition) {
  if (auto* b = find(partition)) b->alive_in_flight = false;
}

void decisions::on_dead_lettered(std::uint64_t token) {
  const auto at = letters_.find(token);
  if (at == letters_.end()) return;
  const auto l = std::move(at->second);
  letters_.erase(at);
  if (l.delivery) {
    actions_.emplace_back(complete{*l.delivery});
    return;
  }
  auto* b = find(l.partition);
  if (b == nullptr) return;
  const auto it = b->works.find(l.task);
  if (it == b->works.end()) return;
  it->second.dead_letter_kept = true;
  settle(*b, it);
  close_if_idle(*b);
  fill_slots();
}

void decisions::on_finished(const run_key& key, run_end how) {
  if (how == run_end::given_back) holdback_.given_back();
  if (how == run_end::ended) holdback_.ended();
  auto* b = find(key.partition);
  if (b == nullptr) return;
  const auto it = b->works.find(key.task);
  if (it == b->works.end() || !it->second.run || it->second.run->id != key.run) return;
  auto& w = it->second;
  if (how == run_end::ended) {
    w.run->now = own_run::phase::ended;
    // The last allowed run stays alone until its end is in the log: a neighbour that kills the process now would still
    // take it along.
    if (!w.run->alone) give_back_slot(*w.run);
  } else {
    if (how == run_end::given_back) w.given_back = key.run;
    drop_run(w);
  }
  settle(*b, it);
  close_if_idle(*b);
  fill_slots();
}

void decisions::judge_at(book& b, const std::string& task) {
  if (const auto it = b.works.find(task); it != b.works.end()) settle(b, it);
}

void decisions::judge_all(book& b) {
  for (auto it = b.works.begin(); it != b.works.end();) settle(b, it++);
}

void decisions::settle(book& b, std::unordered_map<std::string, work>::iterator it) {
  judge(b, it->second);
  if (it->second.over) b.works.erase(it);
}

void decisions::close_if_idle(book& b) {
  if (!b.topics.empty() || !b.works.empty()) return;
  if (b.followed) actions_.emplace_back(unfollow{b.number});
  books_.erase(b.number);
}

std::vector<action> decisions::take_actions() {
  for (auto& [number, b] : books_) {
    if (b->asking != 0 || (b->followed && b->unasked.empty())) continue;
    b->asking = next_question_++;
    b->asked.swap(b->unasked);
    actions_.emplace_back(ask_end{number, b->asking});
  }
  return std::exchange(actions_, {});
}

}  // namespace streamdemo::processor
