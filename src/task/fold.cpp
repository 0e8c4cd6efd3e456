#include <algorithm>
#include <limits>
#include <streamdemo/task/end_payload.hpp>
#include <streamdemo/task/fold.hpp>

namespace streamdemo::task {

namespace {

constexpr std::string_view hole_payload =
    R"({"status":"failed","error":{"message":"records of this run are missing from the log"}})";
constexpr std::string_view no_end_payload =
    R"({"status":"failed","error":{"message":"the run's last record names no status that a task can end with"}})";

step ignore(std::string_view why) {
  step s;
  s.why = why;
  return s;
}

step breach(std::string_view why) {
  auto s = ignore(why);
  s.breaks_rules = true;
  return s;
}

}  // namespace

const task_state* fold::find(std::string_view request_id) const {
  if (const auto it = tasks_.find(request_id); it != tasks_.end()) return &it->second;
  const auto over = ended_.find(request_id);
  if (!over) return nullptr;
  told_ = {};
  told_.request_id = request_id;
  told_.end = over->how;
  told_.ended_at = over->at;
  told_.last_seq = over->last_seq;
  told_.deleted = over->deleted;
  return &told_;
}

void fold::for_each(const std::function<void(const task_state&)>& f) const {
  for (const auto& [id, t] : tasks_) f(t);
  ended_.for_each([&](const std::string& id) { f(*find(id)); });
}

void fold::restore(task_state t) {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  if (t.end) {
    ended_.put(t.request_id, {.how = *t.end,
                              .deleted = t.deleted,
                              .last_seq = static_cast<std::uint32_t>(std::min(t.last_seq, most)),
                              .at = t.ended_at});
    return;
  }
  ended_.erase(t.request_id);
  auto id = t.request_id;
  tasks_.insert_or_assign(std::move(id), std::move(t));
}

std::size_t fold::bytes() const noexcept {
  return tasks_.size() * open_task_bytes() + ended_.bytes();
}

// Its entry in the map, and its strings.
std::size_t fold::open_task_bytes() noexcept {
  return sizeof(task_state) + 512;
}

step fold::apply(const message_view& m, sys_time log_time) {
  put_away_closed();
  if (m.type == message_type::alive) {
    step s;
    s.what = step::kind::alive;
    return s;
  }
  if (m.type == message_type::submitted) return ignore("a request has no place in the response topic");
  if (m.type == message_type::accepted) return accept(m, log_time);
  if (m.type == message_type::deleted) return erase_data(m);
  const auto it = tasks_.find(m.request_id);
  if (it == tasks_.end()) {
    return ignore(ended_.find(m.request_id) ? "the task has ended" : "its accepted was not read");
  }
  auto& t = it->second;
  if (m.type == message_type::started) return start(t, m);
  if (m.type == message_type::ended && m.run.empty()) return end_without_run(t, m, log_time);
  return of_run(t, m, log_time);
}

step fold::accept(const message_view& m, sys_time log_time) {
  if (m.fold > fold_version) return ignore("it was accepted under newer rules than this program's");
  const auto before = ended_.find(m.request_id);
  if (tasks_.contains(m.request_id) || (before && before->at + options_.keep_for >= log_time)) {
    return ignore("the task exists");
  }
  if (before) ended_.erase(m.request_id);
  auto& t = tasks_.try_emplace(std::string(m.request_id)).first->second;
  t.request_id = m.request_id;
  t.kind = m.kind;
  t.payload_hash = m.payload_hash;
  t.accepted_by = m.source;
  t.owner = m.owner;
  t.expiry = m.expiry.value_or(log_time);
  t.accepted_at = log_time;
  return entry(t, m);
}

step fold::start(task_state& t, const message_view& m) {
  if (m.runseq != 1) return ignore("a run starts at runseq 1");
  const bool seen =
      m.run == t.last_run || std::find(t.past_runs.begin(), t.past_runs.end(), m.run) != t.past_runs.end();
  if (seen) return ignore("a run becomes current once");
  if (m.replaces && *m.replaces != t.last_run) return ignore("it does not replace the last run");
  if (!t.last_run.empty()) t.past_runs.push_back(std::move(t.last_run));
  if (t.current) ++t.failed_runs;
  t.last_run = m.run;
  t.last_run_source = m.source;
  t.current = true;
  t.last_runseq = 1;
  ++t.attempt;
  // Before the first result there is nothing to resume, so such a run starts over even if it claims to resume.
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

step fold::of_run(task_state& t, const message_view& m, sys_time log_time) {
  if (t.last_run.empty()) return breach("no run of the task has started");
  if (!t.current || m.run != t.last_run) return ignore("its run is not current");
  if (m.runseq <= t.last_runseq) return ignore("its runseq was seen");
  if (m.runseq != t.last_runseq + 1) return hole(t, log_time);
  t.last_runseq = m.runseq;
  if (m.type == message_type::released) return release(t, m);
  if (m.type == message_type::result) {
    ++t.results;
    if (options_.keep_last_result) t.last_result = m.payload;
  }
  return m.type == message_type::ended ? end(t, m, log_time) : entry(t, m);
}

// An `ended` with an unreadable payload ends the task as well, because its run will publish nothing more.
step fold::end(task_state& t, const message_view& m, sys_time log_time) {
  const auto how = end_status(m.payload);
  close(t, how.value_or(status::failed), log_time);
  auto s = entry(t, m);
  s.content_type = "application/json";  // it was read as that, whatever the record calls it
  if (how) return s;
  s.payload = no_end_payload;
  s.breaks_rules = true;
  s.why = "its status is none of succeeded, failed, canceled and expired";
  return s;
}

step fold::release(task_state& t, const message_view&) {
  t.current = false;
  step s;
  s.what = step::kind::released;
  s.state = &t;
  s.type = message_type::released;
  return s;
}

step fold::erase_data(const message_view& m) {
  if (tasks_.contains(m.request_id)) return ignore("the task has not ended");
  const auto over = ended_.find(m.request_id);
  if (!over) return ignore("its accepted was not read");
  if (over->deleted) return ignore("its data was deleted before");
  ended_.mark_deleted(m.request_id);
  step s;
  s.what = step::kind::deleted;
  s.state = find(m.request_id);
  s.type = message_type::deleted;
  return s;
}

step fold::end_without_run(task_state& t, const message_view& m, sys_time log_time) {
  if (m.replaces && *m.replaces != t.last_run) return ignore("the verdict is about an earlier run");
  return end(t, m, log_time);
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

step fold::entry(task_state& t, const message_view& m) {
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
  closed_ = t.request_id;
}

void fold::put_away_closed() {
  if (closed_.empty()) return;
  const auto it = tasks_.find(closed_);
  const auto& t = it->second;
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  ended_.put(closed_,
             {.how = *t.end, .last_seq = static_cast<std::uint32_t>(std::min(t.last_seq, most)), .at = t.ended_at});
  tasks_.erase(it);
  closed_.clear();
}

std::size_t fold::forget(sys_time log_time) {
  put_away_closed();
  return ended_.forget_before(log_time - options_.keep_for);
}

std::size_t fold::forget_ended_before(sys_time at) {
  put_away_closed();
  return ended_.forget_before(at);
}

}  // namespace streamdemo::task
