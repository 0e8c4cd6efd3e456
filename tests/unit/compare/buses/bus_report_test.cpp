#include "compare/buses/bus_report.hpp"

#include <doctest/doctest.h>

#include "compare/buses/deployment.hpp"

using namespace streamdemo;
using namespace streamdemo::compare;

namespace {

base::sys_time at(int seconds) {
  return base::sys_time(std::chrono::seconds(seconds));
}

event result(std::int64_t seq, std::int64_t index, const char* source) {
  return {.type = "result", .seq = seq, .index = index, .attempt = 1, .made = at(0), .source = source};
}

const task_shape two{.results = 2, .interval_ms = 1000};

}  // namespace

TEST_CASE("a calm load shows how soon tasks are accepted and how late results are") {
  std::vector<observation> seen(2);
  seen[0].submitted = at(1);
  seen[0].accepted = at(2);
  seen[0].take({result(3, 0, "processor-1/a")}, at(4));
  bus_row row;
  judge_calm(row, seen);
  REQUIRE(row.accept_ms);
  CHECK(row.accept_ms->max == 1000);
  REQUIRE(row.delay_ms);
  CHECK(row.delay_ms->count == 1);
  CHECK(row.delay_ms->p50 == 4000);
}

TEST_CASE("a kill is judged by the tasks of the killed process") {
  std::vector<observation> seen(3);
  // Moved to the other worker, after four seconds of silence.
  seen[0].take({result(3, 0, "processor-1/a")}, at(1));
  seen[0].take({result(5, 1, "processor-2/b"), {.type = "ended", .seq = 6}}, at(5));
  // Never there.
  seen[1].take({result(3, 0, "processor-2/b")}, at(1));
  seen[1].take({result(5, 1, "processor-2/b"), {.type = "ended", .seq = 6}}, at(3));
  // Lost.
  seen[2].take({result(3, 0, "processor-1/a")}, at(1));
  const auto row = judge_kill("x", seen, two, "processor-1", at(2));
  CHECK(row.tasks == 3);
  CHECK(row.on_the_killed == 2);
  CHECK(row.results_before == 3);
  CHECK(row.finished == 2);
  REQUIRE(row.silence_s);
  CHECK(row.silence_s->count == 1);
  CHECK(row.silence_s->max == 4);
}

TEST_CASE("tasks that wait at the kill are counted, and the next attempt ends the wait of those that ran") {
  const auto started = [](std::int64_t seq, std::int64_t attempt) {
    return event{.type = "started", .seq = seq, .attempt = attempt, .source = "processor"};
  };
  std::vector<observation> seen(3);
  seen[0].take({started(2, 1), result(3, 0, "processor")}, at(1));
  // What was sent before the kill may arrive after it, and is no sign that the task goes on.
  seen[0].take({{.type = "progress", .seq = 4, .attempt = 1, .source = "processor"}}, at(3));
  seen[0].take({started(5, 2)}, at(7));
  // Waits until it starts.
  seen[1].take({started(2, 1), result(3, 0, "processor")}, at(9));
  // Lost.
  seen[2].take({started(2, 1), result(3, 0, "processor")}, at(1));
  const auto row = judge_kill("x", seen, two, "", at(2));
  CHECK(row.waiting == 1);
  CHECK(row.on_the_killed == 2);
  REQUIRE(row.next_attempt_s);
  CHECK(row.next_attempt_s->count == 1);
  CHECK(row.next_attempt_s->max == 5);
}

TEST_CASE("processes on Kafka have topics of their own and as many replicas as brokers were named, three at the most") {
  const auto has = [](const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  const auto one = part_settings({.bus = on_kafka("a:1")}, "lab-1", "gateway", "g");
  CHECK(has(one, "topics.replication=1"));
  CHECK(has(one, "topics.request=lab-1-request"));
  CHECK(has(one, "role=gateway"));
  CHECK(has(one, "kafka.brokers=a:1"));
  CHECK(has(part_settings({.bus = on_kafka("a:1,b:1,c:1,d:1")}, "lab-1", "processor", "p"), "topics.replication=3"));
}

TEST_CASE("what was not measured is not printed") {
  bus_report r;
  r.rows.push_back({.name = "in-process"});
  r.problems.push_back("Kafka: not there");
  const auto text = text_report(r);
  CHECK(text.find("kill -9") == std::string::npos);
  CHECK(text.find("NOT MEASURED: Kafka: not there") != std::string::npos);
  const auto row = tables(r).front().at(1);
  CHECK(std::count(row.begin(), row.end(), "-") == 8);
}

TEST_CASE("the verdict says what was measured, and nothing else") {
  bus_report r;
  CHECK(verdicts(r).empty());
  bus_row memory{.bus = "memory", .name = "in memory", .accept_ms = summarize({0.5}), .delay_ms = summarize({0.25})};
  memory.results_per_second = 90000;
  bus_row journal{.bus = "journal", .name = "journal", .accept_ms = summarize({2.5}), .delay_ms = summarize({1.5})};
  r.rows.assign({memory, journal});
  CHECK(verdicts(r).empty());
  r.rows[1].results_per_second = 20000;
  r.kills.push_back({.bus = "memory", .name = "in memory", .tasks = 5, .unknown_after = 5});
  r.kills.push_back({.bus = "journal", .name = "journal", .tasks = 5, .finished = 5});
  CHECK(verdicts(r).size() == 2);
  r.kills[1].ready_s = 0.25;
  r.kills[1].next_attempt_s = summarize({1.25});
  const auto said = verdicts(r);
  REQUIRE(said.size() == 3);
  CHECK(
      said[0] ==
      "The price of durability (medians): in memory only a task is accepted after 0.500 ms and a result arrives after "
      "0.250 ms, 90 000 small results a second; with the journal a task is accepted after 2.50 ms and a result arrives "
      "after 1.50 ms, 20 000 small results a second.");
  CHECK(said[1].find("0 of 5 tasks finished, 5 were unknown") != std::string::npos);
  CHECK(said[2].find("ready again after 0.250 s, and the tasks that ran went on 1.25 s after the kill") !=
        std::string::npos);
  CHECK(text_report(r).find(said[2]) != std::string::npos);
}
