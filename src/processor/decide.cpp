// What one task needs: the rules themselves.
#include <streamdemo/task/end_payload.hpp>

#include "processor/decisions.hpp"

namespace streamdemo::processor {

using task::message;
using task::message_type;
using task::status;
using task::task_state;

namespace {

std::int64_t runs_that_count(const task_state& t) noexcept {
  return t.failed_runs + (t.current ? 1 : 0);
}

}  // namespace

bool decisions::last_allowed(const task_state& t) const noexcept {
  return runs_that_count(t) >= options_.max_runs;
}
bool decisions::out_of_runs(const task_state& t) const noexcept {
  return runs_that_count(t) > options_.max_runs;
}

decisions::choice decisions::choose(const book& b, const work& w, const task_state* t) const {
  const bool judged = w.judge_at >= 0 && b.position >= w.judge_at;
  if (!judged || w.deliveries.empty()) return choice::wait;
  if (b.newer_tasks.contains(w.id)) return choice::newer;
  if (t == nullptr) return choice::not_accepted;
  if (t->end) return choice::complete;
  if (w.run || w.verdict_sent || !w.given_back.empty()) return choice::wait;
  if (t->current && t->last_run_source == options_.source) {
    return w.releasing == t->last_run ? choice::wait : choice::release;
  }
  if (log_time_ >= t->expiry) return choice::expire;
  if (t->current && !b.alive.silent(t->last_run_source)) return choice::wait;
  if (!options_.kinds.contains(w.kind)) return choice::unknown_kind;
  if (out_of_runs(*t)) return choice::give_up;
  return t->current ? choice::replace : choice::start;
}

void decisions::judge(book& b, work& w) {
  const auto* t = b.fold.find(w.id);
  if (w.run && judge_run(b, w, t)) drop_run(w);
  switch (choose(b, w, t)) {
    case choice::wait:
      break;
    case choice::newer:
      if (!std::exchange(outdated_, true)) actions_.emplace_back(outdated{w.id, b.newer_tasks.at(w.id).fold});
      break;
    case choice::complete:
      complete_all(w);
      break;
    case choice::start:
    case choice::replace:
      if (!draining_ && !w.queued) {
        w.queued = true;
        line_.emplace_back(b.number, w.id);
      }
      break;
    case choice::release:
      w.releasing = t->last_run;
      send_release(b, w, t->last_run, t->last_runseq + 1);
      break;
    case choice::expire:
      send_verdict(b, w, *t, status::expired, "its deadline had passed before a processor could start it");
      break;
    case choice::unknown_kind:
      send_verdict(b, w, *t, status::failed, "no processor knows the kind \"" + w.kind + "\"");
      break;
    case choice::give_up:
      if (w.dead_letter_kept) {
        send_verdict(b, w, *t, status::failed, "every run of it was lost: it seems to end the process that runs it");
      } else {
        send_dead_letter(b, w, "every run of it was lost", t->attempt);
      }
      break;
    case choice::not_accepted:
      if (w.dead_letter_kept) {
        complete_all(w);
      } else {
        send_dead_letter(b, w, "its accepted record is not in the log", 1);
      }
      break;
  }
  w.over = w.deliveries.empty() && !w.run;
}

// True: the run is over for this process.
bool decisions::judge_run(book& b, work& w, const task_state* t) {
  auto& r = *w.run;
  if (!r.read_back) return false;
  const bool current = t != nullptr && !t->end && t->current && t->last_run == r.id;
  switch (r.now) {
    case own_run::phase::pending:
      if (!current) return true;
      if (draining_) {
        send_release(b, w, r.id, 2);
        return true;
      }
      begin_run(b, w, *t);
      return false;
    case own_run::phase::begun:
      if (current) return false;
      r.now = own_run::phase::stopping;
      actions_.emplace_back(stop{{b.number, w.id, r.id}, stop_reason::over});
      return false;
    case own_run::phase::stopping:
      return false;
    case own_run::phase::ended:
      return !current;
  }
  return false;
}

void decisions::start_run(book& b, work& w, const task_state& t) {
  own_run r;
  r.id = options_.new_run();
  r.alone = last_allowed(t);
  r.resume = options_.kinds.find(w.kind)->second && t.results > 0;
  slots_.take(r.alone);
  ++runs_;
  auto m = message_of(w, message_type::started);
  m.run = r.id;
  m.runseq = 1;
  m.replaces = t.last_run;
  m.resume = r.resume;
  actions_.emplace_back(publish{b.number, std::move(m)});
  const bool at_once = !t.current;
  w.run = std::move(r);
  if (at_once) begin_run(b, w, t);
}

// `t` is the task just before this run's `started` or, for one that waited, just behind it: the results are the same.
void decisions::begin_run(book& b, work& w, const task_state& t) {
  auto& r = *w.run;
  r.now = own_run::phase::begun;
  begin a;
  a.key = {b.number, w.id, r.id};
  a.kind = w.kind;
  a.content_type = w.content_type;
  a.request = w.request;
  a.traceparent = w.traceparent;
  a.tracestate = w.tracestate;
  a.expiry = t.expiry;
  a.first_to_all = b.unbegun.contains(w.id);
  if (r.resume) {
    a.results_before = t.results;
    a.last_result = t.last_result;
  }
  actions_.emplace_back(std::move(a));
}

void decisions::give_back_slot(own_run& r) {
  if (!r.holds_slot) return;
  r.holds_slot = false;
  slots_.give_back();
}

void decisions::drop_run(work& w) {
  give_back_slot(*w.run);
  w.run.reset();
  --runs_;
}

message decisions::message_of(const work& w, message_type type) const {
  message m;
  m.type = type;
  m.request_id = w.id;
  m.kind = w.kind;
  m.payload = "{}";
  m.traceparent = w.traceparent;
  m.tracestate = w.tracestate;
  return m;
}

void decisions::send_release(book& b, work& w, const std::string& run, std::int64_t runseq) {
  auto m = message_of(w, message_type::released);
  m.run = run;
  m.runseq = runseq;
  actions_.emplace_back(publish{b.number, std::move(m)});
}

void decisions::send_verdict(book& b, work& w, const task_state& t, status end, std::string why) {
  auto m = message_of(w, message_type::ended);
  m.replaces = t.last_run;
  m.payload = task::end_payload(end, why);
  w.verdict_sent = true;
  actions_.emplace_back(publish{b.number, std::move(m)});
}

void decisions::send_dead_letter(book& b, work& w, std::string reason, std::int64_t deliveries) {
  if (w.dead_letter_sent) return;
  w.dead_letter_sent = true;
  letters_[next_letter_] = {std::nullopt, b.number, w.id};
  actions_.emplace_back(dead_letter{next_letter_++, w.request, std::move(reason), deliveries});
}

void decisions::complete_all(work& w) {
  for (auto& d : w.deliveries) actions_.emplace_back(complete{std::move(d)});
  w.deliveries.clear();
}

void decisions::fill_slots() {
  while (!draining_ && !holdback_.holds() && !line_.empty() && fill_one_slot()) {
  }
}

// False: the first in line has to wait. What became of it meanwhile is looked at only here.
bool decisions::fill_one_slot() {
  auto* b = find(line_.front().first);
  if (b == nullptr || !b->works.contains(line_.front().second)) {
    line_.pop_front();
    return true;
  }
  const auto it = b->works.find(line_.front().second);
  auto& w = it->second;
  const auto* t = b->fold.find(w.id);
  const auto what = choose(*b, w, t);
  const bool starts = what == choice::start || what == choice::replace;
  if (starts && !slots_.free(last_allowed(*t))) return false;
  line_.pop_front();
  w.queued = false;
  if (starts) {
    start_run(*b, w, *t);
  } else {
    settle(*b, it);
  }
  return true;
}

}  // namespace streamdemo::processor
