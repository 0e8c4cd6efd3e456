#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <streamdemo/task/fold.hpp>

namespace streamdemo::task {

namespace {

constexpr std::string_view hole_payload =
    R"({"status":"failed","error":{"message":"records of this run are missing from the log"}})";

// What an `ended` record says. One that cannot be read ends the task all the same: as failed.
status end_status(std::string_view payload) {
  boost::json::error_code ec;
  const auto value = boost::json::parse(payload, ec);
  if (ec || !value.is_object()) return status::failed;
  const auto* text = value.get_object().if_contains("status");
  if (text == nullptr || !text->is_string()) return status::failed;
  return parse_end(text->get_string()).value_or(status::failed);
}

step ignore(std::string_view why, task_state* state = nullptr) {
  step s;
  s.why = why;
  s.state = state;
  return s;
}

}  // namespace

task_state* fold::find(std::string_view request_id) {
  const auto it = tasks_.find(request_id);
  return it == tasks_.end() ? nullptr : &it->second;
}

const task_state* fold::find(std::string_view request_id) const {
  const auto it = tasks_.find(request_id);
  return it == tasks_.end() ? nullptr : &it->second;
}

step fold::apply(const message& m, sys_time log_time) {
  if (m.type == message_type::alive) {
    step s;
    s.what = step::kind::alive;
    return s;
  }
  if (m.type == message_type::submitted) return ignore("a request has no place in the response topic");
  if (m.type == message_type::accepted) return accept(m, log_time);
  auto* t = find(m.request_id);
  if (t == nullptr) return ignore("its accepted was not read");
  if (t->end) return ignore("the task has ended", t);
  if (m.type == message_type::started) return start(*t, m);
  if (m.type == message_type::ended && m.run.empty()) return end_without_run(*t, m, log_time);
  return of_run(*t, m, log_time);
}

step fold::accept(const message& m, sys_time log_time) {
  if (m.fold > fold_version) return ignore("it was accepted under newer rules than this program's");
  if (auto* before = find(m.request_id)) {
    const bool over = before->end && before->ended_at + options_.keep_for < log_time;
    if (!over) return ignore("the task exists", before);
    tasks_.erase(m.request_id);
  }
  auto& t = tasks_[m.request_id];
  t.request_id = m.request_id;
  t.kind = m.kind;
  t.payload_hash = m.payload_hash;
  t.accepted_by = m.source;
  t.expiry = m.expiry.value_or(log_time);
  t.accepted_at = log_time;
  return entry(t, m);
}

step fold::start(task_state& t, const message& m) {
  if (m.runseq != 1) return ignore("a run starts at runseq 1", &t);
  const bool seen =
      m.run == t.last_run || std::find(t.past_runs.begin(), t.past_runs.end(), m.run) != t.past_runs.end();
  if (seen) return ignore("a run becomes current once", &t);
  if (m.replaces && *m.replaces != t.last_run) return ignore("it does not replace the last run", &t);
  if (!t.last_run.empty()) t.past_runs.push_back(std::move(t.last_run));
  if (t.current) ++t.failed_runs;
  t.last_run = m.run;
  t.last_run_source = m.source;
  t.current = true;
  t.last_runseq = 1;
  ++t.attempt;
  // There is nothing to resume before the first result: such a run starts over, whatever it says.
  const bool resumed = m.resume && t.results > 0;
  if (!resumed) {
    t.results = 0;
    t.results_begin = t.last_seq + 1;
    t.last_result.clear();
  }
  auto s = entry(t, m);
  s.resumed = resumed;
  return s;
}

step fold::of_run(task_state& t, const message& m, sys_time log_time) {
  if (!t.current || m.run != t.last_run) return ignore("its run is not current", &t);
  if (m.runseq <= t.last_runseq) return ignore("its runseq was seen", &t);
  if (m.runseq != t.last_runseq + 1) return hole(t, log_time);
  t.last_runseq = m.runseq;
  if (m.type == message_type::released) return release(t, m);
  if (m.type == message_type::result) {
    ++t.results;
    if (options_.keep_last_result) t.last_result = m.payload;
  }
  if (m.type == message_type::ended) close(t, end_status(m.payload), log_time);
  return entry(t, m);
}

step fold::release(task_state& t, const message&) {
  t.current = false;
  step s;
  s.what = step::kind::released;
  s.state = &t;
  s.type = message_type::released;
  return s;
}

step fold::end_without_run(task_state& t, const message& m, sys_time log_time) {
  if (m.replaces && *m.replaces != t.last_run) return ignore("the verdict is about an earlier run", &t);
  close(t, end_status(m.payload), log_time);
  return entry(t, m);
}

step fold::hole(task_state& t, sys_time log_time) {
  close(t, status::failed, log_time);
  step s;
  s.what = step::kind::hole;
  s.state = &t;
  s.type = message_type::ended;
  s.seq = ++t.last_seq;
  s.payload = hole_payload;
  s.content_type = "application/json";
  return s;
}

step fold::entry(task_state& t, const message& m) {
  step s;
  s.what = step::kind::event;
  s.state = &t;
  s.type = m.type;
  s.seq = ++t.last_seq;
  s.payload = m.payload;
  s.content_type = m.content_type;
  return s;
}

void fold::close(task_state& t, status s, sys_time log_time) {
  t.end = s;
  t.ended_at = log_time;
  t.current = false;
  // Nothing asks for these any more, and the task is remembered for as long as keep_for.
  std::string().swap(t.last_result);
  std::vector<std::string>().swap(t.past_runs);
  ended_.emplace_back(log_time, t.request_id);
}

bool fold::remove_if_over(const std::string& id, sys_time log_time) {
  const auto it = tasks_.find(id);
  if (it == tasks_.end() || !it->second.end || !(it->second.ended_at + options_.keep_for < log_time)) return false;
  tasks_.erase(it);
  return true;
}

}  // namespace streamdemo::task
