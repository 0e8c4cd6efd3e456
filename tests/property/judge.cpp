#include "property/judge.hpp"

namespace property {

using task::message_type;
using task::status;

judge::judge(const simulation_rules& rules) : rules_(rules) {
  for (std::int32_t p = 0; p < partitions; ++p) all_.emplace_back(rules.keep_for);
}

const task::task_state* judge::state(const std::string& id) const {
  const auto it = tasks_.find(id);
  return it == tasks_.end() ? nullptr : all(it->second.partition).tasks().find(id);
}

void judge::appended(std::int32_t p, const stored& s) {
  const auto& m = *s.message;
  auto& h = all_[static_cast<std::size_t>(p)];
  task::task_state before;
  if (const auto* known = h.tasks().find(m.request_id)) before = *known;
  const auto step = h.apply(s);
  if (step.what != task::step::kind::event && step.what != task::step::kind::hole) return;
  auto& t = tasks_[m.request_id];
  if (step.seq != t.seq + 1) broke("seq of " + m.request_id + " has a hole");
  t.seq = step.seq;
  if (t.ends > 0) broke("an event of " + m.request_id + " after its end");
  if (step.type == message_type::started) started(t, m, before, step);
  if (step.type == message_type::result) t.results.push_back(std::stoll(m.payload));
  if (step.type == message_type::ended) ended(t, m, before, *step.state);
}

void judge::started(task_info& t, const task::message& m, const task::task_state& before, const task::step& step) {
  if (!step.resumed) t.results.clear();
  if (!before.current) return;
  ++replaced_;
  t.lost[before.last_run] = true;
  if (!disturbed_.contains(before.last_run_source)) {
    broke("the run " + before.last_run + " of " + m.request_id + " was taken over by " + m.run + ", undisturbed");
  }
}

void judge::ended(task_info& t, const task::message& m, const task::task_state& before, const task::task_state& s) {
  if (++t.ends > 1) broke(m.request_id + " ended twice");
  if (*s.end == status::succeeded) {
    const std::vector<std::int64_t> each{0, 1, 2, 3, 4};
    if (t.results != each) broke(m.request_id + " succeeded without each result once");
    if (t.kind == "unknown" || t.kind == "poison") broke(m.request_id + " cannot have succeeded");
  }
  if (*s.end == status::canceled && !t.canceled) broke(m.request_id + " was not canceled");
  if (*s.end == status::expired && t.expiry > s.ended_at) broke(m.request_id + " had time left");
  const bool verdict = m.run.empty() && m.replaces;
  if (verdict && *s.end == status::failed && before.current && !disturbed_.contains(before.last_run_source)) {
    broke(m.request_id + " was ended under a living run");
  }
  if (*s.end != status::failed || t.kind == "lossy" || t.kind == "unknown" || t.kind == "new") return;
  // The task ran out of runs: only runs that were really lost may count, and the last one must have been alone in its
  // process.
  const auto lost = t.lost.size() + (t.lost.contains(s.last_run) ? 0 : 1);
  if (lost < rules_.max_runs + 1) broke(m.request_id + " failed after too few lost runs: " + m.payload);
  if (t.kind != "poison" && killed_runs_.contains(s.last_run)) {
    broke(m.request_id + " failed because a neighbour killed its last run");
  }
  if (!dead_letters_.contains(m.request_id)) broke(m.request_id + " failed without a dead letter");
}

void judge::killed(const std::string& by, const std::set<std::string>& runs) {
  for (const auto& run : runs) {
    if (run != by) killed_runs_.insert(run);
  }
}

void judge::committed(const base::record& request) {
  if (request.key.empty() || dead_letters_.contains(request.key)) return;
  const auto* s = state(request.key);
  if (s == nullptr || !s->end) broke("committed past " + request.key + ", which has not ended");
}

void judge::dead_lettered(const base::record& request, const std::string& reason) {
  const auto* s = state(request.key);
  if (s == nullptr) {
    dead_letters_.insert(request.key);
    return;
  }
  const auto lost = static_cast<std::size_t>(s->failed_runs + (s->current ? 1 : 0));
  if (reason.find("not in the log") != std::string::npos)
    broke(request.key + ", which was accepted, became a dead letter");
  if (!s->end && lost < rules_.max_runs + 1) broke(request.key + " became a dead letter: " + reason);
  dead_letters_.insert(request.key);
}

}  // namespace property
