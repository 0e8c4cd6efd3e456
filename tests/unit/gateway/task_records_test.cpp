#include "gateway/tasks/task_records.hpp"

#include <doctest/doctest.h>
#include <streamdemo/base/json.hpp>
#include <streamdemo/base/partition.hpp>

#include "support/hand_clock.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

constexpr auto t = test::hand_clock::epoch;

struct fixture {
  test::hand_clock clock;
  task_records records{{"response", "request", {{"video", "request-video"}}, 12}, "gateway/1", clock};
};

const std::string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

submission example() {
  submission s;
  s.request_id = "id-1";
  s.kind = "simulate";
  s.payload = R"({"results":3})";
  s.payload_hash = "abc";
  s.tracestate = "a=b";
  return s;
}

}  // namespace

TEST_CASE_FIXTURE(fixture, "accepted and request say who, what and until when, in the same partition number") {
  auto s = example();
  const auto a = records.accepted(s, t + std::chrono::hours(1), parent);
  CHECK(a.topic == "response");
  CHECK(a.partition == base::partition_for("id-1", 12));
  const auto am = task::decode(a).value();
  CHECK(am.type == task::message_type::accepted);
  CHECK(am.source == "gateway/1");
  CHECK(am.time == t);
  CHECK(am.payload_hash == "abc");
  CHECK(am.expiry == t + std::chrono::hours(1));
  CHECK(am.payload == R"({"kind":"simulate","expires":"2027-01-15T09:00:00.000Z"})");
  CHECK(am.traceparent == parent);
  CHECK(am.tracestate == "a=b");

  const auto r =
      records.request(s, {.expiry = t + std::chrono::hours(1), .at = t - std::chrono::seconds(1), .offset = 77}, {});
  CHECK(r.topic == "request");
  CHECK(r.partition == a.partition);
  const auto rm = task::decode(r).value();
  CHECK(rm.type == task::message_type::submitted);
  CHECK(rm.request_id == "id-1");
  CHECK(rm.kind == "simulate");
  CHECK(rm.payload == R"({"results":3})");
  CHECK(rm.expiry == am.expiry);
  CHECK(rm.accepted_at == t - std::chrono::seconds(1));
  CHECK(rm.accepted_offset == 77);
  CHECK(rm.traceparent.empty());
  CHECK(rm.tracestate.empty());
}

TEST_CASE_FIXTURE(fixture, "the end a gateway writes belongs to no run and says why as JSON") {
  const auto r = records.ended("id-1", "simulate", task::status::canceled, "It was \"canceled\".");
  const auto m = task::decode(r).value();
  CHECK(m.type == task::message_type::ended);
  CHECK(m.run.empty());
  CHECK_FALSE(m.replaces.has_value());
  CHECK(m.payload == R"({"status":"canceled","error":{"message":"It was \"canceled\"."}})");
  CHECK(base::is_json(m.payload));
}

TEST_CASE_FIXTURE(fixture,
                  "a kind with a topic of its own has its requests there, and all else where the others have it") {
  auto s = example();
  s.kind = "video";
  CHECK(records.accepted(s, t, {}).topic == "response");
  CHECK(records.request(s, {t, std::nullopt}, {}).topic == "request-video");
  CHECK(records.deleted("id-1", "video").topic == "response");
}
