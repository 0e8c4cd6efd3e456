#include "processor/decisions/rules.hpp"

namespace streamdemo::processor {

using task::task_state;

namespace {

// Released runs do not count.
std::int64_t runs_that_count(const task_state& t) noexcept {
  return t.failed_runs + (t.current ? 1 : 0);
}

}  // namespace

bool is_last_allowed_run(const task_state& t, const decision_options& o) noexcept {
  return runs_that_count(t) >= o.max_runs;
}

request_choice judge(const partition_state& p, const owned_request& r, const task_state* t, sys_time log_time,
                     const decision_options& o) {
  using enum request_choice;
  const bool read_far_enough = r.judge_at >= 0 && p.position() >= r.judge_at;
  if (!(read_far_enough || r.as_asked) || r.deliveries.empty()) return wait;
  if (p.newer_rules(r.id)) return newer;
  if (t == nullptr) return not_accepted;
  if (t->end) return complete;
  if (r.run || r.verdict_sent || !r.given_back.empty()) return wait;
  if (t->current && t->last_run_source == o.source) return r.releasing == t->last_run ? wait : release;
  if (log_time >= t->expiry) return expire;
  if (t->current && !p.is_silent(t->last_run_source)) return wait;
  if (!o.kinds.contains(r.kind)) return unknown_kind;
  if (runs_that_count(*t) > o.max_runs) return give_up;
  if (r.payload == owned_request::payload_state::lost) return payload_lost;
  return t->current ? replace : start;
}

run_choice judge(const own_run& r, const task_state* t, bool draining) {
  if (!r.read_back) return run_choice::go_on;
  const bool current = t != nullptr && !t->end && t->current && t->last_run == r.id;
  switch (r.now) {
    case own_run::phase::pending:
      if (!current) return run_choice::over;
      return draining ? run_choice::release : run_choice::begin;
    case own_run::phase::begun:
      return current ? run_choice::go_on : run_choice::stop;
    case own_run::phase::stopping:
      return run_choice::go_on;
    case own_run::phase::ended:
      return current ? run_choice::go_on : run_choice::over;
  }
  return run_choice::go_on;
}

}  // namespace streamdemo::processor
