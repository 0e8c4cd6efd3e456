// One partition of `response` as a processor "me" reads it, record by record, with one request in hand.
#pragma once
#include "processor/decisions/partition_state.hpp"

namespace streamdemo::processor::testing {

using task::message_type;

inline sys_time at(std::int64_t ms) {
  return sys_time(base::milliseconds(1'000'000'000 + ms));
}

struct log_fixture {
  log_fixture() : p(0, options) {
    p.assigned("request", at(0), 1);
    p.questions.ask(1);
    p.end_known(1, 0);
    p.follow(0);
    p.move_to(0);
  }

  static decision_options rules() {
    decision_options o;
    o.source = "me";
    o.keep_for = base::milliseconds(3'600'000);
    o.max_runs = 1;
    o.kinds = {{"plain", false}, {"resumable", true}};
    o.new_run = [n = 0]() mutable { return "my-run-" + std::to_string(++n); };
    return o;
  }

  void read(message_type type, std::string source, std::string run = {}, std::int64_t runseq = 0) {
    task::message m;
    m.type = type;
    m.request_id = "t";
    m.source = std::move(source);
    m.run = std::move(run);
    m.runseq = runseq;
    m.payload = type == message_type::ended ? R"({"status":"succeeded"})" : "{}";
    if (type == message_type::accepted) m.expiry = at(1'000'000);
    p.read(position, at(position), m);
    p.note(at(position));
    p.move_to(++position);
  }
  // By an instance that replaces whoever had it.
  void started_by(std::string source, std::string run) {
    read(message_type::started, std::move(source), std::move(run), 1);
  }
  // The judge's own signs of life, an interval after each other.
  void alive(int times) {
    for (; times > 0; --times) {
      task::message m;
      m.type = message_type::alive;
      m.source = "me";
      alive_at += options.alive_interval;
      p.read(position, alive_at, m);
      p.move_to(++position);
    }
  }

  // A request that may be judged.
  owned_request& request(const std::string& kind = "plain") {
    auto& r = p.requests["t"];
    r.id = "t";
    r.kind = kind;
    r.record = std::make_shared<const base::record>();
    r.since = at(0);
    r.deliveries.push_back({r.record, 1});
    r.judge_at = 0;
    return r;
  }
  const task::task_state* task() const { return p.task("t"); }

  decision_options options = rules();
  partition_state p;
  std::int64_t position = 0;
  sys_time alive_at = at(0);
};

}  // namespace streamdemo::processor::testing
