#include "check/record_judge.hpp"

#include <doctest/doctest.h>

#include <streamdemo/base/partition.hpp>

using namespace streamdemo;
using check::record_judge;
using task::message_type;

namespace {

constexpr std::int32_t partitions = 3;

// The records of a processor that does everything right, for a test to spoil.
struct fixture {
  fixture()
      : judge({.kind = "shout",
               .request_topic = "request.shout",
               .response_topic = "response",
               .partitions = partitions}) {
    judge.expect("t", false);
    read(record_of(accepted()));
  }

  task::message message(message_type type, std::string payload = "{}") {
    task::message m;
    m.type = type;
    m.request_id = "t";
    m.kind = "shout";
    m.source = "shout/1";
    m.payload = std::move(payload);
    return m;
  }
  task::message accepted() {
    auto m = message(message_type::accepted);
    m.source = "check/1";
    m.expiry = base::sys_time(std::chrono::hours(1));
    m.payload_hash = "h";
    return m;
  }
  task::message of_run(message_type type, std::string payload = "{}") {
    auto m = message(type, std::move(payload));
    m.run = run;
    m.runseq = ++seq;
    return m;
  }
  base::record record_of(task::message m) {
    const auto home = base::partition_for(m.request_id, partitions);
    auto r = task::encode(std::move(m), "response", m.type == message_type::alive ? 0 : home);
    r.offset = offset++;
    return r;
  }
  void read(base::record r) { judge.read(r); }
  void begin() { read(record_of(of_run(message_type::started))); }
  void result() { read(record_of(of_run(message_type::result))); }
  void end(std::string payload = R"({"status":"succeeded"})") {
    read(record_of(of_run(message_type::ended, std::move(payload))));
  }
  // A record without a header, or with another value of it.
  base::record without(base::record r, std::string_view name) {
    r.headers.erase_if([&](const auto& h) { return h.name == name; });
    return r;
  }
  base::record with(base::record r, std::string_view name, std::string_view value) {
    r.headers.set(name, value);
    return r;
  }
  // The only fault so far; "": there is none; "many": there are more.
  std::string fault() const {
    const auto& all = judge.wrong();
    return all.empty() ? "" : all.size() > 1 ? "many" : all.front();
  }
  bool says(std::string_view part) const { return fault().find(part) != std::string::npos; }
  bool notes(std::string_view part) const {
    for (const auto& n : judge.notes()) {
      if (n.find(part) != std::string::npos) return true;
    }
    return false;
  }

  record_judge judge;
  std::string run = "r";
  std::int64_t seq = 0;
  std::int64_t offset = 7;
};

}  // namespace

TEST_CASE("nothing is wrong with a processor that keeps to the rules") {
  fixture f;
  f.begin();
  f.read(f.record_of(f.of_run(message_type::progress, R"({"fraction":0.5})")));
  f.result();
  CHECK(!f.judge.all_over());
  f.end();
  CHECK(f.judge.all_over());
  CHECK(f.judge.results() == 1);
  f.judge.finish();
  CHECK(f.fault() == "");
  CHECK(f.notes("no offer"));
  CHECK(f.judge.notes().size() == 1);
}

TEST_CASE("each fault of a record's envelope is named with its place") {
  fixture f;
  f.begin();
  auto r = f.record_of(f.of_run(message_type::result));
  SUBCASE("partition") {
    r.partition = (r.partition + 1) % partitions;
    f.read(r);
    CHECK(f.says("another partition"));
  }
  SUBCASE("specversion") {
    f.read(f.without(r, "ce_specversion"));
    CHECK(f.says("ce_specversion is not 1.0 (response/"));
  }
  SUBCASE("no id") {
    f.read(f.without(r, "ce_id"));
    CHECK(f.says("ce_id is missing"));
  }
  SUBCASE("the same id twice") {
    f.read(f.with(r, "ce_id", "one"));
    f.read(f.with(f.record_of(f.of_run(message_type::result)), "ce_id", "one"));
    CHECK(f.says("ce_id comes twice"));
  }
  SUBCASE("kind") {
    f.read(f.with(r, "ce_subject", "whisper"));
    CHECK(f.says("ce_subject is whisper, and must be the kind, shout"));
    f.read(f.without(f.record_of(f.of_run(message_type::result)), "ce_subject"));
    CHECK(f.judge.wrong().back().starts_with("ce_subject is missing"));
  }
  SUBCASE("no run") {
    f.read(f.without(f.without(r, "ce_run"), "ce_runseq"));
    CHECK(f.says("cannot be read: ce_run"));
  }
  SUBCASE("a type that is none") {
    f.read(f.with(r, "ce_type", "streamdemo.task.done"));
    CHECK(f.says("cannot be read: ce_type"));
  }
  SUBCASE("another source") {
    f.read(f.with(r, "ce_source", "shout/2"));
    CHECK(f.says("ce_source changes within a run"));
  }
  SUBCASE("no key") {
    r.key.clear();
    f.read(r);
    CHECK(f.says("has no key"));
  }
  SUBCASE("what is only worth knowing") {
    f.read(f.with(f.without(f.without(r, "ce_time"), "content-type"), "ce_source", "shout"));
    CHECK(f.notes("ce_time is missing"));
    CHECK(f.notes("content-type is missing"));
    CHECK(f.notes("ce_source is only a name"));
  }
}

TEST_CASE("each fault in the order of records is named") {
  fixture f;
  SUBCASE("a run that begins at another number") {
    f.seq = 1;
    f.begin();
    CHECK(f.says("ce_runseq of a started is not 1"));
  }
  SUBCASE("results before started") {
    f.seq = 1;
    f.result();
    CHECK(f.says("a record of type result counts for nothing: no run of the task has started"));
  }
  SUBCASE("a number that is missing") {
    f.begin();
    f.result();
    ++f.seq;
    f.result();
    CHECK(f.says("ce_runseq jumps to 4"));
    CHECK(f.judge.all_over());
  }
  SUBCASE("a number that came before") {
    f.begin();
    f.result();
    --f.seq;
    f.result();
    CHECK(f.says("its runseq was seen"));
  }
  SUBCASE("something after the end") {
    f.begin();
    f.result();
    f.end();
    f.result();
    CHECK(f.says("the task has ended"));
  }
  SUBCASE("an end without a run") {
    f.begin();
    f.result();
    f.read(f.record_of(f.message(message_type::ended, R"({"status":"succeeded"})")));
    CHECK(f.says("cannot be read: ce_run is missing"));
    CHECK(!f.judge.all_over());
  }
  SUBCASE("an end by a gateway") {
    f.begin();
    auto m = f.message(message_type::ended, R"({"status":"canceled","error":{"message":"by its client"}})");
    m.source = "gateway/1";
    f.read(f.record_of(std::move(m)));
    CHECK(f.fault() == "");
    CHECK(f.notes("a task was ended as canceled by gateway/1"));
    CHECK(f.judge.all_over());
  }
  SUBCASE("an end that is none") {
    f.begin();
    f.result();
    f.end(R"({"status":"done"})");
    CHECK(f.judge.wrong().front().find("its status is none of") != std::string::npos);
  }
  SUBCASE("a second run") {
    f.begin();
    f.run = "r2";
    f.seq = 0;
    f.begin();
    CHECK(f.fault() == "");
    CHECK(f.notes("a second time"));
  }
}

TEST_CASE("payloads are held against what clients are promised") {
  fixture f;
  f.begin();
  SUBCASE("no JSON") {
    f.read(f.record_of(f.of_run(message_type::result, "{'word'}")));
    CHECK(f.says("the payload of a result is no JSON"));
  }
  SUBCASE("no JSON, in another spelling of the media type") {
    auto m = f.of_run(message_type::result, "{'word'}");
    m.content_type = "Application/JSON ;charset=utf-8";
    f.read(f.record_of(std::move(m)));
    CHECK(f.says("the payload of a result is no JSON"));
  }
  SUBCASE("text that says it is") {
    auto m = f.of_run(message_type::result, "a word");
    m.content_type = "text/plain";
    f.read(f.record_of(std::move(m)));
    CHECK(f.fault() == "");
  }
  SUBCASE("progress in percent") {
    f.read(f.record_of(f.of_run(message_type::progress, R"({"fraction":50})")));
    CHECK(f.says("the payload of a progress"));
  }
  SUBCASE("progress without a fraction") {
    f.read(f.record_of(f.of_run(message_type::progress, R"([])")));
    CHECK(f.says("the payload of a progress"));
  }
  SUBCASE("a failure") {
    f.end(R"({"status":"failed"})");
    CHECK(f.says("a task ended as failed"));
    CHECK(f.notes("says no reason"));
  }
  SUBCASE("a success without results") {
    f.end();
    CHECK(f.fault() == "");
    CHECK(f.notes("without a result"));
  }
}

TEST_CASE("a task with a wrong payload must fail, and others must not") {
  fixture f;
  f.judge.expect("t", true);
  f.begin();
  SUBCASE("it fails") {
    f.end(R"({"status":"failed","error":{"message":"text is missing"}})");
    CHECK(!f.notes("succeeded"));
  }
  SUBCASE("it succeeds") {
    f.end();
    CHECK(f.notes("the task with the wrong payload ended as succeeded"));
  }
  CHECK(f.fault() == "");
}

TEST_CASE("what did not come is told in the end") {
  fixture f;
  SUBCASE("nothing") {
    f.judge.finish();
    CHECK(f.says("1 of 1 tasks were not begun"));
    CHECK(f.says("request.shout"));
  }
  SUBCASE("the end") {
    f.begin();
    f.judge.finish();
    CHECK(f.says("1 of 1 tasks were begun and did not end"));
  }
}

TEST_CASE("offers of slots are read") {
  fixture f;
  f.begin();
  f.result();
  f.end();
  const auto offer = [&](std::string payload) {
    auto m = f.message(message_type::alive, std::move(payload));
    m.request_id.clear();
    f.read(f.record_of(std::move(m)));
    f.judge.finish();
  };
  SUBCASE("a good one") {
    offer(R"({"kinds":{"shout":{"free":1,"running":0}},"partitions":{"request.shout":[0]}})");
    CHECK(f.fault() == "");
    CHECK(f.judge.notes().empty());
  }
  SUBCASE("one that cannot be read") {
    offer(R"({"kinds":{"shout":{"free":-1,"running":0}},"partitions":{"request.shout":[0]}})");
    CHECK(f.says("cannot be read"));
  }
  SUBCASE("one without the partitions") {
    offer(R"({"kinds":{"shout":{"free":1,"running":0}},"partitions":{"request":[0]}})");
    CHECK(f.says("names no partitions of request.shout"));
  }
  SUBCASE("another processor's") {
    offer(R"({"kinds":{"whisper":{"free":-1}},"partitions":{}})");
    CHECK(f.fault() == "");
    CHECK(f.notes("no offer"));
  }
}

TEST_CASE("a fault that all records have is told once") {
  fixture f;
  f.begin();
  for (int i = 0; i < 1000; ++i) f.read(f.without(f.record_of(f.of_run(message_type::result)), "ce_specversion"));
  CHECK(f.judge.wrong().size() == 1);
  CHECK(f.judge.results() == 1000);
}
