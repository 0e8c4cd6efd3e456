#include "processor/decisions/own_runs.hpp"

#include "processor/decisions/rules.hpp"

namespace streamdemo::processor {

namespace {

// A pending run has published nothing but its `started`, with runseq 1.
constexpr std::int64_t runseq_after_started = 2;

}  // namespace

bool own_runs::has_room_for(const task::task_state& t) const {
  return !is_last_allowed_run(t, options_) || slots_.all_free();
}

void own_runs::keep_slot(owned_request& r, const std::string& owner) {
  slots_.take(r.kind, false);
  line_.took_slot(owner);
  r.slot_kept_for = owner;
}

void own_runs::give_up_slot(owned_request& r) {
  slots_.give_back(r.kind);
  line_.gave_slot(*std::exchange(r.slot_kept_for, std::nullopt));
}

void own_runs::start(const partition_state& p, owned_request& r, const task::task_state& t) {
  own_run run;
  run.id = options_.new_run();
  run.alone = is_last_allowed_run(t, options_);
  run.resume = options_.kinds.find(r.kind)->second && t.results > 0;
  run.owner = t.owner;
  slots_.take(r.kind, run.alone);
  line_.took_slot(run.owner);
  ++count_;
  out_.emplace_back(publish{p.number, r.started(run, t.last_run)});
  // When the run of a silent instance is replaced, other processors may try the same: the first in the log wins, so
  // wait until it is read back.
  const bool at_once = !t.current;
  r.run = std::move(run);
  r.had_turn = false;
  if (at_once) begin(p, r, t);
}

void own_runs::begin(const partition_state& p, owned_request& r, const task::task_state& t) {
  auto& run = *r.run;
  run.now = own_run::phase::begun;
  begin_run a;
  a.key = {p.number, r.id, run.id};
  a.kind = r.kind;
  a.content_type = r.content_type;
  a.request = r.record;
  a.traceparent = r.traceparent;
  a.tracestate = r.tracestate;
  a.expiry = t.expiry;
  a.is_first_run = p.is_unbegun(r);
  a.was_begun_before = !t.last_run.empty() && t.last_run != run.id;
  if (run.resume) {
    a.results_before = t.results;
    a.last_result = t.last_result;
  }
  out_.emplace_back(std::move(a));
}

void own_runs::stop(const partition_state& p, owned_request& r, stop_reason why) {
  r.run->now = own_run::phase::stopping;
  out_.emplace_back(stop_run{{p.number, r.id, r.run->id}, why});
}

bool own_runs::give_up(const partition_state& p, owned_request& r) {
  if (r.run->now == own_run::phase::begun) {
    stop(p, r, stop_reason::released);
  } else if (r.run->now == own_run::phase::pending) {
    release(p, r, r.run->id, runseq_after_started);
    drop(r);
  } else {
    return false;
  }
  return true;
}

void own_runs::release(const partition_state& p, const owned_request& r, const std::string& run, std::int64_t runseq) {
  out_.emplace_back(publish{p.number, r.released(run, runseq)});
}

void own_runs::drop(owned_request& r) {
  give_back_slot(r);
  r.run.reset();
  --count_;
}

void own_runs::give_back_slot(owned_request& r) {
  if (!std::exchange(r.run->holds_slot, false)) return;
  slots_.give_back(r.kind);
  line_.gave_slot(r.run->owner);
}

void own_runs::note_end(run_end how) {
  if (how == run_end::given_back) holdback_.given_back();
  if (how == run_end::ended) holdback_.ended();
}

void own_runs::finish(owned_request& r, run_end how) {
  if (how == run_end::ended) {
    r.run->now = own_run::phase::ended;
    // The last allowed run stays alone until its end is in the log: if another run killed the process now, this one
    // would still be lost with it.
    if (!r.run->alone) give_back_slot(r);
    return;
  }
  if (how == run_end::given_back) r.given_back = r.run->id;
  drop(r);
}

}  // namespace streamdemo::processor
