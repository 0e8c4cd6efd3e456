#include <doctest/doctest.h>

#include <streamdemo/task/end_payload.hpp>
#include <streamdemo/task/message.hpp>

using namespace streamdemo;
using namespace std::chrono_literals;
using task::message;
using task::message_type;

namespace {

const base::sys_time noon = base::sys_time{} + 400000h;

message full() {
  return {.type = message_type::started,
          .request_id = "t",
          .kind = "simulate",
          .source = "p/1",
          .time = noon + 5us,
          .payload = "{}",
          .run = "run",
          .runseq = 1,
          .replaces = "",
          .resume = true,
          .traceparent = "00-1-2-3"};
}

base::record without(base::record r, std::string_view name) {
  r.headers.erase_if([&](const auto& h) { return h.name == name; });
  return r;
}

// Why the record cannot be read; empty: it can.
std::string problem_of(const base::record& r) {
  const auto m = task::decode(r);
  if (m) return {};
  CHECK(m.error().code == base::errc::corrupt);
  return m.error().message;
}

}  // namespace

TEST_CASE("what is encoded is decoded") {
  const auto r = task::encode(full(), "response", 3);
  CHECK(r.topic == "response");
  CHECK(r.partition == 3);
  CHECK(r.key == "t");
  CHECK(r.header_value("ce_specversion") == "1.0");
  CHECK(r.header_value("ce_type") == "streamdemo.task.started");
  const auto m = task::decode(r).value();
  CHECK(m.type == message_type::started);
  CHECK(m.request_id == "t");
  CHECK(m.kind == "simulate");
  CHECK(m.source == "p/1");
  CHECK(m.time == noon + 5us);
  CHECK(m.run == "run");
  CHECK(m.runseq == 1);
  REQUIRE(m.replaces);
  CHECK(m.replaces->empty());
  CHECK(m.resume);
  CHECK(m.payload == "{}");
  CHECK(m.traceparent == "00-1-2-3");
}

TEST_CASE("a request may say when its task was accepted") {
  auto request = full();
  request.type = message_type::submitted;
  request.expiry = noon + 1h;
  const auto without_it = task::encode(request, "request", 0);
  CHECK_FALSE(task::decode(without_it).value().accepted_at);
  request.accepted_at = noon + 7ms;
  const auto r = task::encode(request, "request", 0);
  CHECK(r.header_value("ce_acceptedtime") == base::format_micros(noon + 7ms));
  CHECK(task::decode(r).value().accepted_at == noon + 7ms);
}

TEST_CASE("an empty ce_replaces is not an absent one") {
  const auto r = without(task::encode(full(), "response", 0), "ce_replaces");
  CHECK_FALSE(task::decode(r).value().replaces);
}

TEST_CASE("a record that lacks what its type needs is corrupt, and the error names it") {
  auto accepted = full();
  accepted.type = message_type::accepted;
  accepted.expiry = noon;
  accepted.payload_hash = "00";
  const auto a = task::encode(accepted, "response", 0);
  REQUIRE(problem_of(a).empty());
  for (const auto* name : {"ce_type", "ce_source", "ce_subject", "ce_expirytime", "ce_payloadhash", "ce_fold"}) {
    CHECK(problem_of(without(a, name)).find(name) != std::string::npos);
  }
  const auto s = task::encode(full(), "response", 0);
  CHECK_FALSE(problem_of(without(s, "ce_run")).empty());
  CHECK_FALSE(problem_of(without(s, "ce_runseq")).empty());
}

TEST_CASE("wrong values are corrupt and unknown headers are ignored") {
  const auto good = task::encode(full(), "response", 0);
  for (const auto& bad : {base::header{"ce_type", "x"},
                          {"ce_runseq", "1x"},
                          {"ce_runseq", "-1"},
                          {"ce_time", "yesterday"},
                          {"ce_source", "\xff"},
                          {"ce_run", ""}}) {
    auto r = without(good, bad.name);
    r.headers.add(bad.name, bad.value);
    CHECK_FALSE(problem_of(r).empty());
  }
  auto extra = good;
  extra.headers.add("x-other", "\xff");
  CHECK(problem_of(extra).empty());
  auto no_key = good;
  no_key.key.clear();
  CHECK_FALSE(problem_of(no_key).empty());
}

TEST_CASE("a run is numbered from its started on, or it is told so") {
  auto m = full();
  m.runseq = 0;
  CHECK_FALSE(problem_of(task::encode(m, "response", 0)).empty());
  m.runseq = 2;
  CHECK_FALSE(problem_of(task::encode(m, "response", 0)).empty());
  for (const auto type : {message_type::result, message_type::progress, message_type::log, message_type::ended}) {
    m.type = type;
    m.runseq = 1;
    CHECK(problem_of(task::encode(m, "response", 0)).find("ce_runseq") != std::string::npos);
    m.runseq = 2;
    CHECK(problem_of(task::encode(m, "response", 0)).empty());
  }
}

TEST_CASE("without a run a task is only canceled or expired, or judged as failed by who names the last run") {
  auto m = full();
  m.type = message_type::ended;
  m.run.clear();
  const auto is_taken = [&m](task::status how, std::optional<std::string> replaces) {
    m.payload = task::end_payload(how, "why");
    m.replaces = std::move(replaces);
    return problem_of(task::encode(m, "response", 0)).empty();
  };
  CHECK(is_taken(task::status::canceled, std::nullopt));
  CHECK(is_taken(task::status::expired, std::nullopt));
  CHECK(is_taken(task::status::expired, "a"));
  CHECK(is_taken(task::status::failed, "a"));
  CHECK(is_taken(task::status::failed, ""));
  CHECK_FALSE(is_taken(task::status::failed, std::nullopt));
  CHECK_FALSE(is_taken(task::status::succeeded, std::nullopt));
  CHECK_FALSE(is_taken(task::status::succeeded, "a"));
  m.payload = "null";
  CHECK_FALSE(problem_of(task::encode(m, "response", 0)).empty());
}

TEST_CASE("a foreign record without ce_time takes the bus's time") {
  auto r = without(task::encode(full(), "response", 0), "ce_time");
  r.log_time = noon;
  CHECK(task::decode(r).value().time == noon);
}

TEST_CASE("an instance's name is what stands before the slash of its source") {
  CHECK(task::instance_name("processor-2/abc") == "processor-2");
  CHECK(task::instance_name("plain") == "plain");
  CHECK(task::instance_name("/x") == "/x");
}
