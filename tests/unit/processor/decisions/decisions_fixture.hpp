// A processor's decisions about partition 0, step by step: the log that it reads, requests, and the actions it asks
// for.
#pragma once
#include <doctest/doctest.h>

#include <streamdemo/task/offer.hpp>

#include "processor/decisions/decisions.hpp"
#include "unit/processor/decisions/log_fixture.hpp"

namespace streamdemo::processor::testing {

using task::message;

inline constexpr base::milliseconds interval{2000};

// A processor under test, "me", and a log of partition 0 that it reads record by record.
struct fixture {
  explicit fixture(std::uint32_t concurrency = 2, std::uint32_t max_runs = 1) : fixture(rules(concurrency, max_runs)) {}
  explicit fixture(decision_options o) : d(std::move(o)) { d.on_assigned({{"request", 0}}, at(0)); }

  static decision_options rules(std::uint32_t concurrency, std::uint32_t max_runs) {
    decision_options o;
    o.source = "me";
    o.alive_interval = interval;
    o.keep_for = base::milliseconds(3'600'000);
    o.concurrency = concurrency;
    o.max_runs = max_runs;
    o.kinds = {{"plain", false}, {"resumable", true}};
    o.new_run = [n = 0]() mutable { return "my-run-" + std::to_string(++n); };
    return o;
  }

  message of(message_type type, const std::string& task, std::string source = "gateway") const {
    message m;
    m.type = type;
    m.request_id = task;
    m.kind = kind;
    m.source = std::move(source);
    m.payload = "{}";
    return m;
  }
  void log(const task::message_view& m, std::int64_t ms) { d.on_response(0, end++, at(ms), &m); }
  void accepted(const std::string& task, std::int64_t ms = 0) {
    auto m = of(message_type::accepted, task);
    m.expiry = at(1'000'000);
    log(m, ms);
  }
  void started(const std::string& task, std::string run, std::string replaces, std::string source, std::int64_t ms) {
    auto m = of(message_type::started, task, std::move(source));
    m.run = std::move(run);
    m.runseq = 1;
    m.replaces = std::move(replaces);
    log(m, ms);
  }
  void of_run(message_type type, const std::string& task, std::string run, std::int64_t runseq, std::string source,
              std::int64_t ms, std::string payload = "{}") {
    auto m = of(type, task, std::move(source));
    m.run = std::move(run);
    m.runseq = runseq;
    m.payload = std::move(payload);
    log(m, ms);
  }
  // By a gateway.
  void canceled(const std::string& task, std::int64_t ms = 0) {
    auto m = of(message_type::ended, task);
    m.payload = R"({"status":"canceled"})";
    log(m, ms);
  }
  void alive(std::int64_t ms, std::string source = "me") { log(of(message_type::alive, "", std::move(source)), ms); }
  void request(const std::string& task, std::int64_t ms = 0, std::optional<sys_time> accepted_at = {}) {
    auto m = of(message_type::submitted, task);
    m.expiry = at(1'000'000);
    m.accepted_at = accepted_at;
    request(m, ms);
  }
  // Its sender knows where the task's `accepted` is.
  void request_naming(const std::string& task, std::int64_t accepted_offset) {
    auto m = of(message_type::submitted, task);
    m.expiry = at(1'000'000);
    m.accepted_offset = accepted_offset;
    request(m, 0);
  }
  void request(const message& m, std::int64_t ms) {
    auto r = task::encode(m, "request", 0);
    r.offset = next_request++;
    r.log_time = at(ms);
    d.on_request({std::make_shared<const base::record>(std::move(r)), 1});
  }
  // Everything that is to be done, ends answered with the log's present end.
  std::vector<action> act() {
    std::vector<action> all;
    for (auto some = d.take_actions(); !some.empty(); some = d.take_actions()) {
      for (auto& a : some) {
        if (const auto* q = std::get_if<ask_end>(&a)) d.on_end(q->partition, q->token, end);
        const bool caught = std::holds_alternative<follow>(a);
        all.push_back(std::move(a));
        if (caught) d.on_caught_up(0);
      }
    }
    return all;
  }

  decisions d;
  std::string kind = "plain";
  std::int64_t end = 0;
  std::int64_t next_request = 0;
};

template <class T>
std::vector<T> all_of(const std::vector<action>& actions) {
  std::vector<T> out;
  for (const auto& a : actions) {
    if (const auto* t = std::get_if<T>(&a)) out.push_back(*t);
  }
  return out;
}

inline std::vector<message> published(const std::vector<action>& actions, message_type type) {
  std::vector<message> out;
  for (const auto& p : all_of<publish>(actions)) {
    if (p.message.type == type && !tells_offer(p.message)) out.push_back(p.message);
  }
  return out;
}

inline std::vector<task::offer> offers_in(const std::vector<action>& actions) {
  std::vector<task::offer> out;
  for (const auto& p : all_of<publish>(actions)) {
    if (tells_offer(p.message)) out.push_back(task::parse_offer(p.message.payload).value());
  }
  return out;
}

}  // namespace streamdemo::processor::testing
