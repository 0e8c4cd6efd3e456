#include "processor/decisions/partition_state.hpp"

#include <streamdemo/task/offer.hpp>

namespace streamdemo::processor {

using task::message_type;
using task::message_view;

namespace {

task::fold new_fold(const decision_options& o) {
  task::fold::options f;
  f.keep_for = o.keep_for;
  f.keep_last_result = true;
  return task::fold(f);
}

}  // namespace

partition_state::partition_state(std::int32_t n, const decision_options& o)
    : number(n), options_(o), fold_(new_fold(o)), others_(o.alive_interval) {}

void partition_state::assigned(const std::string& topic, sys_time own_clock, std::uint64_t next_token) {
  topics_.insert(topic);
  owner_changes(next_token);
  opened_at_ = std::min(opened_at_, own_clock);
}

void partition_state::revoked(const std::string& topic, std::uint64_t next_token) {
  topics_.erase(topic);
  owner_changes(next_token);
}

// What a request tells is no longer enough: its task may be begun by the next owner.
void partition_state::owner_changes(std::uint64_t next_token) {
  unbegun_.owner_changes(next_token);
  for (auto& [id, r] : requests) r.as_asked.reset();
}

bool partition_state::needs_no_end(owned_request& r, const message_view& request) const {
  if (fold_.find(r.id) != nullptr || newer_.contains(r.id)) return accepted_came(r);
  r.awaits_accepted = followed_ && position_ >= follow_end_;
  const auto offset = request.accepted_offset.value_or(-1);
  if (unbegun_.is_owned(offset) && offset >= position_) {
    r.take_word_of(request);
    r.awaits_accepted = true;
  }
  return r.awaits_accepted;
}

bool partition_state::accepted_came(owned_request& r) const {
  r.as_asked.reset();
  if (!is_unbegun(r)) return false;
  r.awaits_accepted = false;
  r.judge_at = position_;
  return true;
}

bool partition_state::awaits_in_vain(const owned_request& r) const {
  return r.awaits_accepted && !(r.as_asked && position_ <= r.accepted_offset);
}

const task::task_state* partition_state::task(const owned_request& r) const {
  if (const auto* t = fold_.find(r.id)) return t;
  return r.as_asked ? &*r.as_asked : nullptr;
}

void partition_state::ask(owned_request& r, std::uint64_t question) {
  r.as_asked.reset();
  r.judge_at = -1;
  r.awaits_accepted = false;
  r.question = question;
  questions.add(question, r.id);
}

bool partition_state::has_missed(const owned_request& r, const message_view& request) const {
  return followed_ && r.since - options_.recovery_margin < complete_from_ && !has_read(request);
}

// That the fold knows the task is not enough, because it may have been accepted twice: the fold must know the very
// `accepted` that the request names. (An ended task may be known by its end only, so it does not count.)
bool partition_state::has_read(const message_view& request) const {
  const auto* t = fold_.find(request.request_id);
  return request.accepted_at && t != nullptr && !t->end && t->accepted_at <= *request.accepted_at;
}

bool partition_state::end_known(std::uint64_t token, std::int64_t end) {
  auto answered = questions.answer(token);
  if (!answered) return false;
  unbegun_.end_known(token, end);
  for (auto& q : *answered) {
    const auto it = requests.find(q.task);
    if (it == requests.end() || it->second.question != q.number) continue;
    it->second.judge_at = end;
    questions.hold(end, std::move(q.task));
  }
  return true;
}

sys_time partition_state::follow(std::int64_t end) {
  auto from = opened_at_;
  for (const auto& [id, r] : requests) from = std::min(from, r.since);
  from -= options_.recovery_margin;
  followed_ = true;
  complete_from_ = from;
  follow_end_ = end;
  return from;
}

void partition_state::read_anew(std::uint64_t next_token) {
  fold_ = new_fold(options_);
  others_ = liveness(options_.alive_interval);
  newer_.clear();
  followed_ = false;
  position_ = -1;
  complete_from_ = sys_time::max();
  owner_changes(next_token);
  questions.clear();
  for (auto& [id, r] : requests) r.forget_written();
}

std::string_view partition_state::read(std::int64_t offset, sys_time log_time, const message_view& m) {
  move_to(offset);
  note_newer(m, log_time);
  const auto ignored = fold_.apply(m, log_time).why;
  unbegun_.read(m, offset, ignored.empty());
  if (m.source == options_.source) {
    read_own(m, log_time);
  } else {
    others_.heard(m.source);
  }
  return ignored;
}

// A task that exists under known rules stays under them, because a second `accepted` is ignored under the rules of
// every version.
void partition_state::note_newer(const message_view& m, sys_time log_time) {
  if (m.type != message_type::accepted || m.fold <= task::fold_version) return;
  const auto* t = fold_.find(m.request_id);
  const bool exists = t != nullptr && (!t->end || t->ended_at + options_.keep_for >= log_time);
  if (!exists) newer_.try_emplace(std::string(m.request_id), m.fold, m.expiry.value_or(log_time));
}

void partition_state::read_own(const message_view& m, sys_time log_time) {
  if (tells_offer(m)) return;  // it comes whenever something changes, so it measures no time
  if (m.type == message_type::alive) return others_.own_alive(log_time);
  if (const auto it = requests.find(m.request_id); it != requests.end()) it->second.read_back(m);
}

std::optional<int> partition_state::newer_rules(const std::string& task) const {
  const auto it = newer_.find(task);
  return it == newer_.end() ? std::nullopt : std::optional(it->second.fold);
}

bool partition_state::alive_is_due(base::steady_time now) const {
  const bool due = !alive_sent_ || now - *alive_sent_ >= options_.alive_interval;
  return due && !alive_in_flight_ && needs_alive();
}

void partition_state::alive_sent(base::steady_time now) {
  alive_sent_ = now;
  alive_in_flight_ = true;
}

// Needed where this process has runs, and where it waits for a run of another: only our own signs of life measure how
// long the other is silent.
bool partition_state::needs_alive() const {
  for (const auto& [id, r] : requests) {
    if (r.run) return true;
    const auto* t = fold_.find(id);
    if (t != nullptr && t->current) return true;
  }
  return false;
}

// No request in hand needs a task that ended before this time: its own task was accepted, and so can have ended, at
// most one margin before owned_request::since.
sys_time partition_state::needed_since() const noexcept {
  auto since = sys_time::max();
  for (const auto& [id, r] : requests) since = std::min(since, r.since - options_.recovery_margin);
  return since;
}

void partition_state::forget() {
  const auto until = std::min(log_time_, needed_since());
  std::erase_if(newer_, [&](const auto& t) { return t.second.expiry < until && !requests.contains(t.first); });
  if (fold_.forget(until) > 0) complete_from_ = std::max(complete_from_, until - options_.keep_for);
}

// A request whose task has not ended needs no ended task: when its own one ends, that is read.
sys_time partition_state::needed_early_since() const {
  auto since = sys_time::max();
  for (const auto& [id, r] : requests) {
    const auto* t = fold_.find(id);
    if (t == nullptr || t->end) since = std::min(since, r.since - options_.recovery_margin);
  }
  return since;
}

void partition_state::forget_ended_before(sys_time at) {
  if (!followed_) return;
  const auto until = std::min(at, needed_early_since());
  if (fold_.forget_ended_before(until) > 0) complete_from_ = std::max(complete_from_, until);
}

}  // namespace streamdemo::processor
