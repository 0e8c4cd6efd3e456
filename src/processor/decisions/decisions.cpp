#include "processor/decisions/decisions.hpp"

namespace streamdemo::processor {

using task::message;
using task::message_type;
using task::status;
using task::task_state;

decisions::decisions(decision_options o) : options_(std::move(o)), alone_(options_.alone_wait) {}

void decisions::on_assigned(const std::vector<bus::partition_id>& assigned, sys_time own_clock) {
  for (const auto& id : assigned) partitions_.open(id.partition).assigned(id.topic, own_clock, next_question_);
}

void decisions::on_revoked(const std::vector<bus::partition_id>& revoked) {
  for (const auto& id : revoked) {
    auto* p = partitions_.find(id.partition);
    if (p == nullptr) continue;
    p->revoked(id.topic, next_question_);
    for (auto it = p->requests.begin(); it != p->requests.end();) {
      auto here = it++;
      std::erase_if(here->second.deliveries, [&](const auto& d) { return d.record->topic == id.topic; });
      settle(*p, here);
    }
    partitions_.close_if_idle(*p);
  }
  leave_line([&](const start_line::place& at) {
    const auto* p = partitions_.find(at.partition);
    return p == nullptr || !p->requests.contains(at.task);
  });
  fill_slots();
}

void decisions::on_request(const bus::delivery& d) {
  auto& p = partitions_.open(d.record->partition);
  auto m = task::decode(*d.record);
  if (!m || m->type != message_type::submitted || m->request_id.empty()) {
    dead_letters_[next_dead_letter_] = {d, p.number, {}};
    std::string why = m ? "it is not a request" : m.error().message;
    actions_.emplace_back(dead_letter{next_dead_letter_++, d.record, std::move(why)});
    return;
  }
  auto [it, is_new] = p.requests.try_emplace(std::string(m->request_id));
  auto& r = it->second;
  if (is_new) r.fill(d.record, *m);
  r.since = std::min({r.since, d.record->log_time, m->accepted_at.value_or(r.since)});
  const bool first = r.deliveries.empty();
  r.deliveries.push_back(d);
  if (!is_new) payloads_.comes_again(r, r.deliveries.back());
  // If another request record of the task is in hand, what lets that one be judged serves both.
  if (first && !p.needs_no_end(r, *m)) p.ask(r, next_question_++);
  if (p.has_missed(r, *m)) return read_anew(p);
  settle(p, it);
  after_event(p);
}

void decisions::on_end(std::int32_t partition, std::uint64_t token, std::int64_t end) {
  auto* p = partitions_.find(partition);
  // The answer may be for an earlier state of this partition, which was closed and opened again: the new state does not
  // know its token.
  if (p == nullptr || !p->end_known(token, end)) return;
  // Reading begins before the first request comes. So that request need not wait, and a bus that drops what every
  // reader has read knows of this reader.
  if (!p->is_followed()) actions_.emplace_back(follow{partition, p->follow(end)});
  move_to(*p, p->position());
  after_event(*p);
}

std::string_view decisions::on_response(std::int32_t partition, std::int64_t offset, sys_time log_time,
                                        const task::message_view* m) {
  std::string_view ignored;
  auto* p = partitions_.find(partition);
  if (p == nullptr || !p->is_followed()) return ignored;
  p->note(log_time);
  log_time_ = std::max(log_time_, std::min(log_time, wall_));
  if (m != nullptr) {
    ignored = p->read(offset, log_time, *m);
    // With our own sign of life, another instance may have become silent.
    if (m->type == message_type::alive && m->source == options_.source && !tells_offer(*m)) settle_all(*p);
    if (const auto it = p->requests.find(m->request_id); it != p->requests.end()) {
      if (it->second.awaits_accepted) stop_awaiting(*p, it->second, m->type);
      settle(*p, it);
    }
  }
  move_to(*p, offset + 1);
  after_event(*p);
  return ignored;
}

// A record of its task was read. Before any other comes its `accepted`.
void decisions::stop_awaiting(partition_state& p, owned_request& r, message_type read) {
  if (read != message_type::accepted || !p.accepted_came(r)) p.ask(r, next_question_++);
}

// One that has not come by now, or was not where its request says, may never come.
void decisions::await_accepted_no_longer(partition_state& p) {
  for (auto& [id, r] : p.requests) {
    if (p.awaits_in_vain(r)) p.ask(r, next_question_++);
  }
}

void decisions::on_caught_up(std::int32_t partition) {
  auto* p = partitions_.find(partition);
  if (p == nullptr || !p->is_followed()) return;
  move_to(*p, p->end_when_followed());
  give_up_unread_runs(*p);
  settle_all(*p);
  after_event(*p);
}

// If the `started` of a run was acknowledged but is no longer in the log, it is never read back, and nobody can tell
// whether the run is current. Giving the run up does no harm if it is not.
void decisions::give_up_unread_runs(partition_state& p) {
  for (auto& [id, r] : p.requests) {
    if (!r.run || r.run->read_back || r.run->started_at < 0 || r.run->started_at >= p.position()) continue;
    if (!runs_.give_up(p, r)) r.run->read_back = true;
  }
}

void decisions::on_position_lost(std::int32_t partition) {
  if (auto* p = partitions_.find(partition)) read_anew(*p);
}

void decisions::read_anew(partition_state& p) {
  if (p.is_followed()) actions_.emplace_back(unfollow{p.number});
  p.read_anew(next_question_);
  // An answer that is still on its way belongs to the former reading: it must not be taken for an end of the new one.
  for (auto& [id, r] : p.requests) p.ask(r, next_question_++);
}

void decisions::on_started_published(const run_key& key, std::int64_t offset) {
  if (auto* r = partition_table::find_run(partitions_.find(key.partition), key)) r->run->started_at = offset;
}

void decisions::on_alive_published(std::int32_t partition) {
  if (auto* p = partitions_.find(partition)) p->alive_published();
}

void decisions::on_dead_lettered(std::uint64_t token) {
  const auto at = dead_letters_.find(token);
  if (at == dead_letters_.end()) return;
  const auto letter = std::move(at->second);
  dead_letters_.erase(at);
  if (letter.delivery) {
    actions_.emplace_back(complete{*letter.delivery});
    return;
  }
  auto* p = partitions_.find(letter.partition);
  if (p == nullptr) return;
  const auto it = p->requests.find(letter.task);
  if (it == p->requests.end()) return;
  it->second.dead_letter_kept = true;
  settle(*p, it);
  after_event(*p);
}

void decisions::on_finished(const run_key& key, run_end how) {
  runs_.note_end(how);
  auto* p = partitions_.find(key.partition);
  auto* r = partition_table::find_run(p, key);
  if (r == nullptr) return;
  runs_.finish(*r, how);
  settle_task(*p, key.task);
  after_event(*p);
}

void decisions::settle(partition_state& p, requests::iterator it) {
  auto& r = it->second;
  const auto* t = p.task(r);
  if (r.run) settle_run(p, r, t);
  settle_request(p, r, t);
  if (!r.is_over()) {
    if (!r.run) payloads_.count(p, r);
    return;
  }
  payloads_.count_no_longer(r);
  if (r.slot_kept_for) give_up_slot(p, r);
  p.requests.erase(it);
}

void decisions::settle_task(partition_state& p, std::string_view task) {
  if (const auto it = p.requests.find(task); it != p.requests.end()) settle(p, it);
}

void decisions::settle_all(partition_state& p) {
  for (auto it = p.requests.begin(); it != p.requests.end();) settle(p, it++);
}

void decisions::settle_run(partition_state& p, owned_request& r, const task_state* t) {
  switch (judge(*r.run, t, draining_)) {
    case run_choice::go_on:
      return;
    case run_choice::begin:
      return runs_.begin(p, r, *t);
    case run_choice::stop:
      return runs_.stop(p, r, stop_reason::over);
    case run_choice::over:
      return runs_.drop(r);
    case run_choice::release:
      runs_.give_up(p, r);
  }
}

void decisions::settle_request(partition_state& p, owned_request& r, const task_state* t) {
  switch (const auto choice = judge(p, r, t, log_time_, options_); choice) {
    case request_choice::wait:
      return;
    case request_choice::newer:
      if (!std::exchange(outdated_, true)) actions_.emplace_back(outdated{r.id, *p.newer_rules(r.id)});
      return;
    case request_choice::complete:
      return complete_all(r);
    case request_choice::start:
    case request_choice::replace:
      if (draining_ || std::exchange(r.queued, true)) return;
      return choice == request_choice::start ? line_.add(t->owner, r.kind, {p.number, r.id})
                                             : line_.add_lost(t->owner, r.kind, {p.number, r.id});
    case request_choice::release:
      r.releasing = t->last_run;
      return runs_.release(p, r, t->last_run, t->last_runseq + 1);
    case request_choice::expire:
      return send_verdict(p, r, *t, status::expired, "its deadline had passed before a processor could start it");
    case request_choice::unknown_kind:
      return send_verdict(p, r, *t, status::failed, "no processor knows the kind \"" + r.kind + "\"");
    case request_choice::payload_lost:
      if (!r.dead_letter_kept) return send_dead_letter(p, r, "its request is no longer on the bus", t->attempt);
      return send_verdict(p, r, *t, status::failed, "its request was gone from the bus before its turn came");
    case request_choice::give_up:
      if (!r.dead_letter_kept) return send_dead_letter(p, r, "every run of it was lost", t->attempt);
      return send_verdict(p, r, *t, status::failed,
                          "every run of it was lost: it seems to end the process that runs it");
    case request_choice::not_accepted:
      if (!r.dead_letter_kept) return send_dead_letter(p, r, "its accepted record is not in the log", 1);
      return complete_all(r);
  }
}

void decisions::move_to(partition_state& p, std::int64_t position) {
  p.move_to(position);
  while (const auto task = p.questions.reached(p.position())) settle_task(p, *task);
}

void decisions::fill_slots() {
  if (line_.empty() && alone_.size() == 0) return;  // after most events
  const auto& slots = runs_.all_slots();
  while (!draining_ && !runs_.is_held_back() && knows_enough()) {
    if (alone_.holds()) {
      if (!slots.all_free() && still_wants_to_start(alone_.waiting())) return;
      start_or_settle(alone_.take());
      continue;
    }
    if (alone_.has_some_again()) come_again();
    if (auto next = line_.take([&](const std::string& kind) { return slots.free(kind) > 0; })) {
      start_or_settle(std::move(*next));
    } else if (alone_.has_aside() && slots.all_free()) {
      come_again();  // earlier than after the pause, because nobody else has a use for it
    } else {
      return;
    }
  }
}

bool decisions::still_wants_to_start(const start_line::place& at) {
  const auto* r = partitions_.request(at.partition, at.task);
  if (r == nullptr) return false;
  const auto& p = *partitions_.find(at.partition);
  return starts(judge(p, *r, p.task(*r), log_time_, options_));
}

// Judges the task whose turn it is again, and starts it if that is still right and it need not wait.
void decisions::start_or_settle(start_line::place next) {
  auto* p = partitions_.find(next.partition);
  if (p == nullptr || !p->requests.contains(next.task)) return;
  const auto it = p->requests.find(next.task);
  auto& r = it->second;
  if (r.slot_kept_for) return;  // it stood in line twice, because it was known before, ended, and came anew
  const auto* t = p->task(r);
  const bool now = starts(judge(*p, r, t, log_time_, options_));
  if (now && r.payload != owned_request::payload_state::here) return await_payload(*p, r, std::move(next), t->owner);
  if (now && !runs_.has_room_for(*t)) return await_alone(*p, r, std::move(next));
  r.queued = false;
  if (now) {
    payloads_.count_no_longer(r);
    runs_.start(*p, r, *t);
  } else {
    settle(*p, it);
  }
}

void decisions::await_alone(const partition_state& p, owned_request& r, start_line::place at) {
  alone_.comes(std::move(at));
  r.had_turn = alone_.holds() && alone_.waiting().task == r.id;
  if (r.had_turn) {
    payloads_.count_no_longer(r);
  } else {
    payloads_.count(p, r);
  }
}

void decisions::await_payload(const partition_state& p, owned_request& r, start_line::place at,
                              const std::string& owner) {
  if (payload_waits_.is_stalled(p.number)) return payload_waits_.set_aside(std::move(at));
  r.had_turn = true;
  payloads_.count_no_longer(r);
  payloads_.ask(p, r);
  runs_.keep_slot(r, owner);
  payload_waits_.keep(std::move(at));
}

void decisions::give_up_slot(const partition_state& p, owned_request& r) {
  payload_waits_.erase({p.number, r.id});
  runs_.give_up_slot(r);
}

bool decisions::on_payload(const read_payload& asked, base::record_ptr whole) {
  const auto waited = payload_waits_.goes_on(asked.partition);
  auto* p = partitions_.find(asked.partition);
  if (p == nullptr) return false;
  stand_first(waited);
  const bool counts = take_payload(*p, asked, std::move(whole));
  after_event(*p);
  return counts;
}

bool decisions::take_payload(partition_state& p, const read_payload& asked, base::record_ptr whole) {
  const auto it = p.requests.find(asked.task);
  if (it == p.requests.end() || !payloads_.answered(asked, it->second, std::move(whole))) return false;
  if (it->second.slot_kept_for) {
    give_up_slot(p, it->second);
    stand_first({{p.number, asked.task}});
  }
  settle(p, it);
  return true;
}

// Before others of their owners and kinds, the first one first: they had their turn.
void decisions::stand_first(const std::deque<start_line::place>& all) {
  for (auto place = all.rbegin(); place != all.rend(); ++place) {
    const auto* r = partitions_.request(place->partition, place->task);
    if (r == nullptr) continue;
    const auto* t = partitions_.find(place->partition)->task(*r);
    line_.add_first(t == nullptr ? std::string{} : t->owner, r->kind, *place);
  }
}

// Those that were set aside because they must run alone.
void decisions::come_again() {
  const auto all = alone_.take_aside();
  for (const auto& place : all) {
    auto* r = partitions_.request(place.partition, place.task);
    if (r == nullptr) continue;
    r->had_turn = false;
    payloads_.count(*partitions_.find(place.partition), *r);
  }
  stand_first(all);
}

template <class Predicate>
void decisions::leave_line(Predicate gone) {
  line_.erase_if(gone);
  alone_.erase_if(gone);
  payload_waits_.erase_aside_if(gone);
}

void decisions::send_verdict(const partition_state& p, owned_request& r, const task_state& t, status end,
                             std::string_view why) {
  r.verdict_sent = true;
  actions_.emplace_back(publish{p.number, r.verdict(t.last_run, end, why)});
}

void decisions::send_dead_letter(const partition_state& p, owned_request& r, std::string reason,
                                 std::int64_t deliveries) {
  if (std::exchange(r.dead_letter_sent, true)) return;
  // Its topic, partition and offset say where the payload is.
  using enum owned_request::payload_state;
  if (r.payload == let_go || r.payload == coming) reason += " (without its payload, which is not in memory)";
  dead_letters_[next_dead_letter_] = {std::nullopt, p.number, r.id};
  actions_.emplace_back(dead_letter{next_dead_letter_++, r.record, std::move(reason), deliveries});
}

void decisions::complete_all(owned_request& r) {
  for (auto& d : r.deliveries) actions_.emplace_back(complete{std::move(d)});
  r.deliveries.clear();
}

void decisions::send_alive(partition_state& p, base::steady_time now) {
  if (!p.alive_is_due(now)) return;
  p.alive_sent(now);
  message m;
  m.type = message_type::alive;
  m.payload = "{}";
  actions_.emplace_back(publish{p.number, std::move(m)});
}

void decisions::tick(base::steady_time now, sys_time wall) {
  runs_.tick(now);
  alone_.tick(now);
  wall_ = wall;
  for (const auto& at : payload_waits_.tick(now)) {
    runs_.give_up_slot(*partitions_.request(at.partition, at.task));
  }
  partitions_.for_each([&](partition_state& p) {
    expire(p);
    await_accepted_no_longer(p);
    send_alive(p, now);
    p.forget();
  });
  if (partitions_.remembered_bytes() > options_.max_remembered_bytes) forget_early();
  remembered_bytes_ = partitions_.remembered_bytes();
  fill_slots();
  if (leaving_ || draining_) return;
  if (auto say = offers_.due(offer(), now)) actions_.emplace_back(std::move(*say));
}

void decisions::say_farewell() {
  if (std::exchange(leaving_, true)) return;
  if (auto say = offers_.farewell(offer())) actions_.emplace_back(std::move(*say));
}

// While tasks of a kind wait, no slot is free for another of it.
task::offer decisions::offer() const {
  task::offer o;
  const auto& slots = runs_.all_slots();
  const bool nothing_starts = alone_.holds() || runs_.is_held_back();
  o.slots = {nothing_starts ? 0 : slots.free(), slots.taken()};
  for (const auto& [kind, resumes] : options_.kinds) {
    const auto free = nothing_starts || line_.has(kind) ? 0 : slots.free(kind);
    o.kinds[kind] = {free, slots.taken(kind), slots.most(kind)};
  }
  partitions_.for_each([&](const partition_state& p) {
    for (const auto& topic : p.topics()) o.partitions[topic].push_back(p.number);
  });
  return o;
}

void decisions::expire(partition_state& p) {
  for (auto it = p.requests.begin(); it != p.requests.end();) {
    auto here = it++;
    auto& r = here->second;
    const auto* t = p.task(r);
    if (t == nullptr || t->end || log_time_ < t->expiry) continue;
    if (r.run && r.run->now == own_run::phase::begun) {
      runs_.stop(p, r, stop_reason::expired);
    } else {
      settle(p, here);
    }
  }
}

// A processor must distinguish an ended task from one that was never accepted only while a request for it may come; if
// one comes later all the same, the partition is read anew (partition_state::has_missed). So when memory is short,
// tasks are forgotten before keep_for: those that ended before the tasks of all requests in hand were accepted, and
// more than two recovery margins ago. One margin is for requests that are on their way, one for the clocks of the
// brokers, which may differ. The gateways still ignore an `accepted` of such a task, and none of them sends a request
// for it.
void decisions::forget_early() {
  partitions_.forget_ended_before(log_time_ - 2 * options_.recovery_margin);
}

void decisions::drain() {
  draining_ = true;
  leave_line([](const start_line::place&) { return true; });
  partitions_.for_each([&](partition_state& p) {
    p.disown();
    for (auto& [id, r] : p.requests) r.deliveries.clear();
    settle_all(p);
  });
}

void decisions::release_all() {
  draining_ = true;
  partitions_.for_each([&](partition_state& p) {
    for (auto it = p.requests.begin(); it != p.requests.end();) {
      auto here = it++;
      auto& r = here->second;
      if (r.run && runs_.give_up(p, r) && !r.run) settle(p, here);
    }
  });
}

void decisions::after_event(partition_state& p) {
  partitions_.close_if_idle(p);
  fill_slots();
}

std::vector<action> decisions::take_actions() {
  partitions_.ask_for_ends(next_question_);
  payloads_.balance(!draining_);
  return std::exchange(actions_, {});
}

}  // namespace streamdemo::processor
