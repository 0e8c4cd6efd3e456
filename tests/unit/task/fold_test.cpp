#include <doctest/doctest.h>

#include <streamdemo/task/end_payload.hpp>
#include <streamdemo/task/event.hpp>
#include <streamdemo/task/fold.hpp>

using namespace streamdemo;
using namespace std::chrono_literals;
using task::message;
using task::message_type;
using task::step;

namespace {

const base::sys_time noon = base::sys_time{} + 400000h;

// A log of one task, written by hand: every call is the next record, one millisecond later.
struct log_of_one {
  task::fold fold{{.keep_for = 60s, .keep_last_result = true}};
  base::sys_time now = noon;

  step apply(message m) {
    m.request_id = "t";
    m.source = m.source.empty() ? "p/1" : m.source;
    now += 1ms;
    return fold.apply(m, now);
  }
  step accepted() { return apply({.type = message_type::accepted, .kind = "simulate", .expiry = now + 1h}); }
  step started(std::string run, std::optional<std::string> replaces, bool resume = false) {
    return apply({.type = message_type::started,
                  .run = std::move(run),
                  .runseq = 1,
                  .replaces = std::move(replaces),
                  .resume = resume});
  }
  step of(message_type type, std::string run, std::int64_t runseq, std::string payload = "1") {
    return apply({.type = type, .payload = std::move(payload), .run = std::move(run), .runseq = runseq});
  }
  step ended(std::string run, std::int64_t runseq, std::string status = "succeeded") {
    return of(message_type::ended, std::move(run), runseq, R"({"status":")" + status + R"("})");
  }
  step ended_without_run(std::string status, std::optional<std::string> replaces = {}) {
    return apply(
        {.type = message_type::ended, .payload = R"({"status":")" + status + R"("})", .replaces = std::move(replaces)});
  }
  const task::task_state& state() { return *fold.find("t"); }
};

bool is_event(const step& s, std::int64_t seq) {
  return s.what == step::kind::event && s.seq == seq;
}
bool is_ignored(const step& s) {
  return s.what == step::kind::ignored;
}

}  // namespace

TEST_CASE("a task that has ended keeps no payload and no list of its runs") {
  log_of_one log;
  log.accepted();
  log.started("a", "");
  log.of(message_type::result, "a", 2, std::string(100'000, '1'));
  log.started("b", "a", true);
  CHECK(log.state().last_result.size() == 100'000);
  CHECK(log.state().past_runs.size() == 1);
  CHECK(log.ended("b", 2).state->attempt == 2);
  CHECK(is_ignored(log.started("a", "b")));
  CHECK(log.state().last_result.capacity() < 100);
  CHECK(log.state().past_runs.capacity() == 0);
  CHECK(log.state().now() == task::status::succeeded);
  CHECK(log.state().ended_at == log.now - 1ms);
}

TEST_CASE("a task that goes well has one entry a record, numbered without holes") {
  log_of_one log;
  CHECK(is_event(log.accepted(), 1));
  CHECK(log.state().now() == task::status::queued);
  CHECK(is_event(log.started("a", ""), 2));
  CHECK(log.state().now() == task::status::running);
  CHECK(is_event(log.of(message_type::result, "a", 2), 3));
  CHECK(is_event(log.of(message_type::progress, "a", 3), 4));
  CHECK(is_event(log.of(message_type::log, "a", 4), 5));
  CHECK(is_event(log.ended("a", 5), 6));
  CHECK(log.state().now() == task::status::succeeded);
  CHECK(log.state().results == 1);
}

TEST_CASE("records of a task whose accepted was not read are ignored") {
  log_of_one log;
  CHECK(is_ignored(log.started("a", "")));
  CHECK(is_ignored(log.ended_without_run("canceled")));
  CHECK(log.fold.find("t") == nullptr);
}

TEST_CASE("a second accepted is ignored until keep_for after the end") {
  log_of_one log;
  log.accepted();
  CHECK(is_ignored(log.accepted()));
  log.ended_without_run("canceled");
  log.now += 59s;
  CHECK(is_ignored(log.accepted()));
  log.now += 2s;
  CHECK(is_event(log.accepted(), 1));
  CHECK(log.state().now() == task::status::queued);
}

TEST_CASE("of two runs that start at once, the log's first is current") {
  log_of_one log;
  log.accepted();
  CHECK(is_event(log.started("a", ""), 2));
  CHECK(is_ignored(log.started("b", "")));
  CHECK(is_ignored(log.of(message_type::result, "b", 2)));
  CHECK(log.state().last_run == "a");
}

TEST_CASE("a run replaces the last one, released or not, and no other") {
  log_of_one log;
  log.accepted();
  log.started("a", "");
  CHECK(is_ignored(log.started("c", "b")));
  CHECK(is_event(log.started("b", "a"), 3));
  CHECK(log.state().failed_runs == 1);
  CHECK(is_ignored(log.of(message_type::result, "a", 2)));
  CHECK(log.of(message_type::released, "b", 2).what == step::kind::released);
  CHECK_FALSE(log.state().current);
  CHECK(is_ignored(log.of(message_type::result, "b", 3)));
  CHECK(is_ignored(log.started("c", "")));
  CHECK(is_event(log.started("c", "b"), 4));
  CHECK(log.state().failed_runs == 1);
  CHECK(log.state().attempt == 3);
}

TEST_CASE("a run id becomes current once") {
  log_of_one log;
  log.accepted();
  log.started("a", "");
  log.started("b", "a");
  CHECK(is_ignored(log.started("a", "b")));
  CHECK(is_ignored(log.started("b", "b")));
}

TEST_CASE("a started without ce_replaces always takes over") {
  log_of_one log;
  log.accepted();
  log.started("a", "");
  CHECK(is_event(log.started("foreign", std::nullopt), 3));
  CHECK(log.state().last_run == "foreign");
}

TEST_CASE("a repeated runseq is ignored and a hole ends the task as failed there and then") {
  log_of_one log;
  log.accepted();
  log.started("a", "");
  log.of(message_type::result, "a", 2);
  CHECK(is_ignored(log.of(message_type::result, "a", 2)));
  const auto s = log.of(message_type::result, "a", 4);
  CHECK(s.what == step::kind::hole);
  CHECK(s.seq == 4);
  CHECK(s.type == message_type::ended);
  CHECK(log.state().now() == task::status::failed);
  CHECK(is_ignored(log.of(message_type::result, "a", 3)));
}

TEST_CASE("a gateway's end counts in any state and the first end settles the race") {
  log_of_one log;
  log.accepted();
  log.started("a", "");
  CHECK(is_event(log.ended_without_run("canceled"), 3));
  CHECK(is_ignored(log.ended("a", 2)));
  CHECK(is_ignored(log.ended_without_run("expired")));
  CHECK(log.state().now() == task::status::canceled);
}

TEST_CASE("a verdict counts only while the run it names is the last one") {
  log_of_one log;
  log.accepted();
  log.started("a", "");
  log.started("b", "a");
  CHECK(is_ignored(log.ended_without_run("failed", "a")));
  CHECK(is_ignored(log.ended_without_run("failed", "")));
  CHECK(is_event(log.ended_without_run("failed", "b"), 4));
}

TEST_CASE("results count since the last run that did not resume") {
  log_of_one log;
  log.accepted();
  log.started("a", "");
  log.of(message_type::result, "a", 2, "10");
  log.of(message_type::result, "a", 3, "11");
  const auto resumed = log.started("b", "a", true);
  CHECK(resumed.resumed);
  CHECK(log.state().results == 2);
  CHECK(log.state().last_result == "11");
  CHECK_FALSE(log.started("c", "b", false).resumed);
  CHECK(log.state().results == 0);
  CHECK(log.state().results_begin == 6);
  CHECK_FALSE(log.started("d", "c", true).resumed);  // nothing to resume
}

TEST_CASE("an end whose status cannot be read ends the task as failed") {
  for (const std::string payload : {"", "[]", "{}", R"({"status":7})", R"({"status":"running"})", "\xff"}) {
    log_of_one log;
    log.accepted();
    log.started("a", "");
    const auto s = log.of(message_type::ended, "a", 2, payload);
    CHECK(is_event(s, 3));
    CHECK(s.breaks_rules);
    // What clients read says the same as the task's status.
    CHECK(task::end_status(s.payload) == task::status::failed);
    CHECK(s.content_type == "application/json");
    CHECK(log.state().now() == task::status::failed);
  }
}

TEST_CASE("an end is JSON, whatever its record calls it") {
  log_of_one log;
  log.accepted();
  log.started("a", "");
  const auto s = log.apply({.type = message_type::ended,
                            .content_type = "text/plain",
                            .payload = R"({"status":"failed"})",
                            .run = "a",
                            .runseq = 2});
  CHECK(is_event(s, 3));
  CHECK(s.content_type == "application/json");
}

TEST_CASE("what comes before the first started breaks the rules, what comes of an earlier run does not") {
  log_of_one log;
  log.accepted();
  const auto early = log.of(message_type::result, "a", 2, "{}");
  CHECK(is_ignored(early));
  CHECK(early.breaks_rules);
  log.started("a", "");
  log.started("b", "a");
  const auto late = log.of(message_type::result, "a", 2, "{}");
  CHECK(is_ignored(late));
  CHECK_FALSE(late.breaks_rules);
}

TEST_CASE("forgetting frees what is past keep_for and nothing else") {
  log_of_one log;
  log.accepted();
  log.ended_without_run("canceled");
  CHECK(log.fold.forget(log.now + 60s) == 0);
  CHECK(log.fold.find("t") != nullptr);
  CHECK(log.fold.forget(log.now + 61s) == 1);
  CHECK(log.fold.find("t") == nullptr);
  CHECK(log.fold.size() == 0);
}

TEST_CASE("the data of a task that has ended can be deleted, once; its id stays taken until keep_for is over") {
  log_of_one log;
  const auto deleted = [&] { return log.apply({.type = message_type::deleted}); };
  CHECK(is_ignored(deleted()));
  log.accepted();
  CHECK(deleted().why == "the task has not ended");
  CHECK(log.state().now() == task::status::queued);
  log.ended_without_run("canceled");
  CHECK_FALSE(log.state().deleted);
  const auto s = deleted();
  CHECK(s.what == step::kind::deleted);
  CHECK(s.state->request_id == "t");
  CHECK(log.state().deleted);
  CHECK(log.state().end == task::status::canceled);
  CHECK(is_ignored(deleted()));
  CHECK(is_ignored(log.accepted()));
  log.now += 61s;
  CHECK(is_event(log.accepted(), 1));
  CHECK_FALSE(log.state().deleted);
}
