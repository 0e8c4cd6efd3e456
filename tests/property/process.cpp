#include "property/process.hpp"

#include <streamdemo/task/offer.hpp>

namespace property {

namespace {

// How many tasks of a kind may run at once in this process.
std::int64_t most_of(const processor::decision_options& o, const std::string& kind) {
  const auto it = o.kind_concurrency.find(kind);
  return it == o.kind_concurrency.end() ? o.concurrency : it->second;
}

processor::decision_options options(const std::string& source, random& r, const simulation_rules& rules) {
  processor::decision_options o;
  o.source = source;
  o.alive_interval = rules.alive_interval;
  o.keep_for = rules.keep_for;
  o.recovery_margin = rules.recovery_margin;
  o.concurrency = static_cast<std::uint32_t>(r.between(1, 3));
  o.max_runs = rules.max_runs;
  // Some processes have no memory for ended tasks.
  if (r.one_in(2)) o.max_remembered_bytes = 0;
  o.kinds = {{"plain", false}, {"resumable", true}, {"poison", false}, {"lossy", false}};
  // A kind of a later version that is being rolled out: some processes know it, others do not.
  if (r.one_in(2)) o.kinds.emplace("new", false);
  if (r.one_in(2)) {
    for (const auto& [kind, resumes] : o.kinds) {
      o.kind_concurrency[kind] = static_cast<std::uint32_t>(r.between(1, o.concurrency));
    }
  }
  // Payloads have two bytes: all of them may wait in memory, or two, or none.
  const std::array<std::size_t, 3> payload_bytes{1000, 4, 0};
  o.max_payload_bytes = payload_bytes[static_cast<std::size_t>(r.between(0, 2))];
  o.small_payload = 1;
  // Sometimes much shorter than tasks take, sometimes longer.
  o.alone_wait = milliseconds(r.one_in(2) ? 1'000 : 30'000);
  o.new_run = [source, n = 0]() mutable { return source + "-run" + std::to_string(++n); };
  return o;
}

}  // namespace

process::process(std::string source, int member, random& r, response_log& log, group& g, const simulation_rules& rules)
    : source_(std::move(source)),
      member_(member),
      rules_(rules),
      random_(r),
      log_(log),
      group_(g),
      options_(options(source_, r, rules)),
      decisions_(options_),
      clock_error_(r.between(-3000, 3000)),
      reads_late_(r.one_in(2)) {
  group_.join(member_, &inbox_);
}

process::~process() {
  group_.leave(member_);
}

std::set<std::string> process::runs_at_stake() const {
  return unread_runs_;
}

bool process::turn(sys_time now, bool may_lack) {
  now_ = now;
  may_lack_ = may_lack;
  const auto order = random_.between(0, 2);
  if (order == 0) answer();
  take_requests();
  read_responses();
  if (order == 1) answer();
  for (std::int32_t p = 0; p < partitions; ++p) {
    if (random_.percent(70)) out_->acknowledge(p);
  }
  work();
  if (killed_by) return false;
  if (order == 2) answer();
  decisions_.tick(base::steady_time(now.time_since_epoch()), now + clock_error_);
  perform();
  if (!draining) return true;
  if (now >= drain_until_ && !released_) {
    released_ = true;
    decisions_.release_all();
    perform();
  }
  return decisions_.runs() > 0 || !out_->empty();
}

void process::begin_drain(sys_time now) {
  draining = true;
  decisions_.say_farewell();
  drain_until_ = now + milliseconds(random_.between(0, 8000));
  group_.leave(member_);
  inbox_.clear();
  owned_.clear();
  decisions_.drain();
  perform();
}

void process::take_requests() {
  while (!inbox_.empty() && random_.percent(80)) {
    const auto e = inbox_.front();
    inbox_.pop_front();
    if (e.assigned) {
      owned_[e.partition] = {e.epoch, e.from, e.from, {}};
      decisions_.on_assigned({e.partition}, now_ + clock_error_);
    } else if (owned_.contains(e.partition)) {
      owned_.erase(e.partition);
      response_end_.erase(e.partition);
      decisions_.on_revoked({e.partition});
    }
    perform();
  }
  for (auto& [p, o] : owned_) {
    const auto& records = group_.records(p);
    while (o.next < static_cast<std::int64_t>(records.size()) && random_.percent(80)) {
      const auto& r = records[static_cast<std::size_t>(o.next++)];
      response_end_[p].try_emplace(r->key, log_.end(r->partition));
      decisions_.on_request({r, o.epoch});
    }
  }
  perform();
}

void process::read_responses() {
  for (std::int32_t p = 0; p < partitions; ++p) {
    const auto at = reading_.find(p);
    if (at == reading_.end() || random_.one_in(6) || (reads_late_ && !random_.one_in(3))) continue;
    auto& r = at->second;
    for (auto most = random_.between(1, 30); most > 0 && r.next < log_.end(p); --most) {
      const auto& s = log_.at(p, r.next);
      const task::message_view m = *s.message;
      decisions_.on_response(p, r.next++, s.log_time, &m);
      // Once the last record of a run is in the log, the run can no longer be lost.
      const bool last = s.message->type == task::message_type::ended || s.message->type == task::message_type::released;
      if (last && s.message->source == source_) unread_runs_.erase(s.message->run);
    }
    if (!r.told && r.next >= r.end) {
      r.told = true;
      decisions_.on_caught_up(p);
    }
  }
  perform();
}

void process::answer() {
  if (!questions_.empty() && random_.percent(60)) {
    for (auto [q, end] : std::exchange(questions_, {})) {
      decisions_.on_end(q.partition, q.token, random_.one_in(2) ? end : log_.end(q.partition));
    }
  }
  if (!letters_.empty() && random_.percent(50)) {
    for (auto& l : std::exchange(letters_, {})) {
      on_dead_letter(*l.request, l.reason);
      decisions_.on_dead_lettered(l.token);
    }
  }
  for (auto& asked : std::exchange(payloads_, {})) {
    if (now_ < asked.first) {
      payloads_.push_back(std::move(asked));
      continue;
    }
    const auto& r = *asked.second.request;
    decisions_.on_payload(asked.second, group_.records({r.topic, r.partition})[static_cast<std::size_t>(r.offset)]);
  }
  perform();
}

void process::perform() {
  for (auto more = decisions_.take_actions(); !more.empty(); more = decisions_.take_actions()) {
    for (auto& a : more) std::visit([&](auto& x) { act(std::move(x)); }, a);
  }
}

void process::act(processor::follow a) {
  reading_[a.partition] = {log_.first_since(a.partition, a.from), log_.end(a.partition), false};
}

void process::act(processor::publish a) {
  auto& m = a.message;
  m.source = source_;
  m.time = now_ + clock_error_;
  sender::acked done;
  if (m.type == task::message_type::started) {
    unread_runs_.insert(m.run);
    if (m.replaces->empty()) is_first_.insert(m.run);
    done = [this, key = processor::run_key{a.partition, m.request_id, m.run}](std::int64_t offset) {
      decisions_.on_started_published(key, offset);
    };
  } else if (tells_offer(m)) {
    done = [this](std::int64_t) { decisions_.on_offer_published(); };
  } else if (m.type == task::message_type::alive) {
    done = [this, p = a.partition](std::int64_t) { decisions_.on_alive_published(p); };
  }
  out_->send(a.partition, std::move(m), std::move(done));
}

void process::act(processor::begin_run a) {
  if (running_.contains(a.key.run)) broken = "a run began twice";
  if (std::ssize(running_) >= options_.concurrency) broken = "more runs at once than there are slots";
  const auto of_kind = std::ranges::count(running_, a.kind, [](const auto& h) { return h.second.kind; });
  if (of_kind >= most_of(options_, a.kind)) broken = "more runs of one kind at once than it has slots";
  for (const auto& [id, h] : running_) {
    if (h.key.task == a.key.task) broken = "two runs of one task at once in one process";
  }
  if (a.results_before > 0 && a.last_result != std::to_string(a.results_before - 1)) {
    broken = "a run that resumes was given the wrong last result";
  }
  const bus::partition_id from{a.request->topic, a.request->partition};
  const auto& whole = *group_.records(from)[static_cast<std::size_t>(a.request->offset)];
  if (a.request->headers != whole.headers || a.request->value != whole.value) {
    broken = "a run was given another request than its own, or one without its payload";
  }
  check_that_nobody_had_begun(a);
  handler_run h;
  h.key = a.key;
  h.kind = a.kind;
  h.next_index = a.results_before;
  running_[a.key.run] = std::move(h);
}

// What processors had written when the request came is known before the task begins: except to a member that has lost
// the partition, and except what such a member wrote. (A gateway's cancel may be read a moment too late.)
void process::check_that_nobody_had_begun(const processor::begin_run& a) {
  const bus::partition_id from{a.request->topic, a.request->partition};
  const auto it = owned_.find(from);
  if (it == owned_.end() || !group_.is_owned(from, it->second.epoch)) {
    group_.zombies.insert(a.key.run);
    return;
  }
  task::fold log({rules_.keep_for, true});
  for (std::int64_t i = 0; i < response_end_[from][a.key.task]; ++i) {
    const auto& s = log_.at(a.key.partition, i);
    const auto step = log.apply(*s.message, s.log_time);
    const bool ends = step.state != nullptr && step.state->end;
    if (ends && s.message->request_id == a.key.task && group_.zombies.contains(s.message->run)) return;
  }
  const auto* t = log.find(a.key.task);
  if (t == nullptr) return;
  const bool was_done = t->end == task::status::succeeded || t->end == task::status::failed;
  if (was_done) broken = "a task began that had ended before its request came";
  if (t->attempt > 0 && is_first_.contains(a.key.run) && !group_.zombies.contains(t->last_run)) {
    broken = "a run began as its task's first though another had begun before the request came";
  }
}

void process::act(processor::stop_run a) {
  const auto it = running_.find(a.key.run);
  if (it == running_.end()) return;
  auto& h = it->second;
  if (h.stopping) {
    broken = "a run was stopped twice";
    return;
  }
  h.stopping = true;
  if (a.why == processor::stop_reason::expired) {
    emit(h, task::message_type::ended, R"({"status":"expired"})");
    h.ended = true;
  } else if (a.why == processor::stop_reason::released) {
    emit(h, task::message_type::released, "{}");
  } else {
    unread_runs_.erase(h.key.run);
  }
}

void process::act(processor::outdated) {
  broken = "a task of this very version was taken for a newer one's";
}

// Mostly at once, sometimes so late that no slot can be kept for it.
void process::act(processor::read_payload a) {
  const auto longest = random_.one_in(6) ? 20'000 : 800;
  payloads_.emplace_back(now_ + milliseconds(random_.between(0, longest)), std::move(a));
}

void process::act(processor::recount a) {
  if (a.bytes != a.delivery.record->bytes()) broken = "a request counts with other bytes than it has";
}

void process::act(processor::complete a) {
  const auto& r = *a.delivery.record;
  const bus::partition_id p{r.topic, r.partition};
  const auto it = owned_.find(p);
  if (it == owned_.end() || it->second.epoch != a.delivery.assignment) return;
  auto& o = it->second;
  o.completed.insert(r.offset);
  response_end_[p].erase(r.key);
  const auto before = o.watermark;
  while (o.completed.erase(o.watermark) > 0) ++o.watermark;
  if (group_.commit(p, o.epoch, o.watermark)) on_commit(p, before, o.watermark);
}

void process::emit(handler_run& h, task::message_type type, std::string payload) {
  task::message m;
  m.type = type;
  m.request_id = h.key.task;
  m.kind = h.kind;
  m.source = source_;
  m.time = now_ + clock_error_;
  m.run = h.key.run;
  m.runseq = ++h.runseq;
  m.payload = std::move(payload);
  out_->send(h.key.partition, std::move(m));
}

void process::work() {
  std::vector<std::string> ids;
  for (const auto& [id, h] : running_) ids.push_back(id);
  for (const auto& id : ids) {
    work_on(running_.at(id));
    if (killed_by) return;
  }
  perform();
}

void process::check_in_vain(handler_run& h) {
  // While the log is stalled, the process cannot learn that the run is no longer current.
  if (log_.stalled(h.key.partition, now_)) return;
  h.turns_in_vain = lost(h.key) ? h.turns_in_vain + 1 : 0;
  if (h.turns_in_vain > 60) broken = "the run " + h.key.run + " works on though it is no longer current";
}

// For example because the process has no descriptors left.
void process::give_back(handler_run& h) {
  emit(h, task::message_type::released, "{}");
  const auto key = h.key;
  running_.erase(key.run);
  decisions_.on_finished(key, processor::run_end::given_back);
}

void process::work_on(handler_run& h) {
  constexpr std::int64_t results = 5;
  if (!h.stopping) check_in_vain(h);
  if (h.stopping) {
    if (!random_.one_in(3)) return;
    const auto key = h.key;
    const bool ended = h.ended;
    running_.erase(key.run);
    decisions_.on_finished(key, ended ? processor::run_end::ended : processor::run_end::stopped);
    return;
  }
  if (h.kind == "poison" && random_.one_in(3)) {
    killed_by = h.key.run;
    return;
  }
  if (may_lack_ && random_.one_in(200)) return give_back(h);
  if (!random_.percent(rules_.handler_percent) || h.kind == "poison") return;
  if (h.next_index < results) {
    if (h.kind == "lossy" && h.next_index == 3) {
      ++h.runseq;
      ++h.next_index;
    }
    if (random_.one_in(3)) emit(h, task::message_type::progress, "{\"fraction\":0.5}");
    emit(h, task::message_type::result, std::to_string(h.next_index++));
    return;
  }
  const auto key = h.key;
  emit(h, task::message_type::ended, R"({"status":"succeeded"})");
  running_.erase(key.run);
  decisions_.on_finished(key, processor::run_end::ended);
}

}  // namespace property
