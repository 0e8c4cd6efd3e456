#include "property/gateway.hpp"

namespace property {

using task::message;
using task::message_type;

gateway::gateway(std::string source, random& r, response_log& log, group& g, judge& all, const simulation_rules& rules)
    : source_(std::move(source)), random_(r), log_(log), group_(g), judge_(all) {
  for (std::int32_t p = 0; p < partitions; ++p) read_.emplace_back(rules.keep_for);
}

void gateway::turn(sys_time now) {
  now_ = now;
  for (std::int32_t p = 0; p < partitions; ++p) {
    if (random_.one_in(4)) continue;
    auto& h = read_[static_cast<std::size_t>(p)];
    auto& next = next_[static_cast<std::size_t>(p)];
    for (auto most = random_.between(1, 40); most > 0 && next < log_.end(p); --most) {
      const auto& s = log_.at(p, next++);
      if (h.apply(s).type == message_type::accepted) accepted_at_[s.message->request_id] = next - 1;
      if (s.message->type == message_type::accepted && s.message->source == source_) read_back(*s.message, h);
    }
    if (random_.one_in(10)) h.forget(now);
    if (random_.percent(70)) out_->acknowledge(p);
  }
  for (auto it = requests_.begin(); it != requests_.end();) {
    if (it->second.at > now) {
      ++it;
      continue;
    }
    auto& t = judge_.tasks()[it->first];
    message m;
    m.type = message_type::submitted;
    m.request_id = it->first;
    m.kind = t.kind;
    m.source = source_;
    m.time = now;
    m.expiry = t.expiry;
    m.accepted_at = it->second.accepted_at;
    m.accepted_offset = it->second.accepted_offset;
    m.payload = "{}";
    group_.append(task::encode(m, t.kind == "resumable" ? "request.slow" : "request", t.partition),
                  now + milliseconds(random_.between(-500, 500)));
    t.acknowledged = true;
    handed_over_.insert(it->first);
    it = requests_.erase(it);
  }
  expire(now);
}

void gateway::submit(const std::string& id, sys_time now) {
  const auto& t = judge_.tasks()[id];
  if (const auto* s = read_[static_cast<std::size_t>(t.partition)].tasks().find(id)) return ask_for(*s);
  message m;
  m.type = message_type::accepted;
  m.request_id = id;
  m.kind = t.kind;
  m.source = source_;
  m.time = now;
  m.expiry = t.expiry;
  m.payload = "{}";
  out_->send(t.partition, std::move(m), [this, id](std::int64_t offset) { acknowledged(id, offset); });
}

// Without a key nobody else can have accepted the task, so its request need not wait until that is read back.
void gateway::acknowledged(const std::string& id, std::int64_t offset) {
  if (judge_.tasks()[id].has_key || random_.one_in(5)) return;
  requests_[id] = {now_ + milliseconds(random_.between(0, 3000)), std::nullopt, offset};
}

// With a key the request is sent only after this gateway has read its own `accepted` back, because another gateway's
// may have been first.
void gateway::read_back(const message& accepted, const histories& h) {
  if (!judge_.tasks()[accepted.request_id].has_key) return;
  if (const auto* s = h.tasks().find(accepted.request_id)) ask_for(*s);
}

// Plans the task's request, unless the task has begun or ended, or this gateway has sent the request before. One time
// in five nothing is planned, as if the gateway had died: the task is accepted, and no request is sent until its client
// submits again, however late.
void gateway::ask_for(const task::task_state& s) {
  if (s.end || s.attempt > 0 || handed_over_.contains(s.request_id) || random_.one_in(5)) return;
  requests_[s.request_id] = {now_ + milliseconds(random_.between(0, 3000)), s.accepted_at, std::nullopt};
  // It need not know this: it may have been started anew since.
  if (random_.one_in(2)) requests_[s.request_id].accepted_offset = accepted_at_[s.request_id];
}

void gateway::cancel(const std::string& id, sys_time now) {
  auto& t = judge_.tasks()[id];
  t.canceled = true;
  message m;
  m.type = message_type::ended;
  m.request_id = id;
  m.kind = t.kind;
  m.source = source_;
  m.time = now;
  m.payload = R"({"status":"canceled"})";
  out_->send(t.partition, std::move(m));
}

void gateway::expire(sys_time now) {
  for (const auto& [id, t] : judge_.tasks()) {
    if (now < t.expiry || expired_.contains(id) || !random_.one_in(20)) continue;
    const auto* s = read_[static_cast<std::size_t>(t.partition)].tasks().find(id);
    if (s == nullptr || s->end) continue;
    expired_.insert(id);
    message m;
    m.type = message_type::ended;
    m.request_id = id;
    m.kind = t.kind;
    m.source = source_;
    m.time = now;
    m.payload = R"({"status":"expired"})";
    out_->send(t.partition, std::move(m));
  }
}

bool gateway::agrees(std::int32_t p) const {
  const auto& mine = read_[static_cast<std::size_t>(p)].texts();
  const auto& all = judge_.all(p).texts();
  return std::all_of(mine.begin(), mine.end(), [&](const auto& text) {
    const auto it = all.find(text.first);
    return it != all.end() && it->second.compare(0, text.second.size(), text.second) == 0;
  });
}

}  // namespace property
