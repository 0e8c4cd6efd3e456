// What becomes of a request whose payload is let go of and read again.
#include <set>

#include "unit/processor/decisions/decisions_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::processor;
using namespace streamdemo::processor::testing;

namespace {

// A process with one slot, and memory for the payloads of two tasks that wait.
struct payload_fixture : fixture {
  explicit payload_fixture(decision_options o = small_rules()) : fixture(std::move(o)) { act(); }
  static decision_options small_rules() {
    auto o = rules(1, 1);
    o.max_payload_bytes = 200;
    o.small_payload = 10;
    return o;
  }
  // Has a payload of a hundred bytes.
  void large(const std::string& task) {
    accepted(task);
    large_request(task);
  }
  void large_request(const std::string& task) {
    auto m = of(message_type::submitted, task);
    m.expiry = at(1'000'000);
    m.payload = '"' + task + std::string(98 - task.size(), 'x') + '"';
    auto r = task::encode(m, "request", 0);
    r.offset = next_request++;
    r.log_time = at(0);
    requests.push_back(std::make_shared<const base::record>(std::move(r)));
    d.on_request({requests.back(), 1});
  }
  void end(const run_key& run) {
    d.on_finished(run, run_end::ended);
    started(run.task, run.run, "", "me", 0);
    of_run(message_type::ended, run.task, run.run, 2, "me", 0, R"({"status":"succeeded"})");
  }
  std::vector<base::record_ptr> requests;  // by offset
};

}  // namespace

TEST_CASE("payloads that do not fit are let go of, and are back before the turn of their tasks") {
  payload_fixture f;
  for (const auto* task : {"t0", "t1", "t2", "t3", "t4"}) f.large(task);
  auto a = f.act();
  auto begun = all_of<begin_run>(a);
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].request == f.requests[0]);
  // Of those that wait the first two have theirs.
  const auto counts = all_of<recount>(a);
  REQUIRE(counts.size() == 2);
  for (const auto& c : counts) {
    CHECK(c.delivery.record->offset >= 3);
    CHECK(c.delivery.record->value.empty());
    CHECK(c.bytes == c.delivery.record->bytes());
  }
  CHECK(f.d.payloads_let_go() == 2);
  f.end(begun[0].key);
  a = f.act();
  begun = all_of<begin_run>(a);
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].request == f.requests[1]);
  const auto reads = all_of<read_payload>(a);
  REQUIRE(reads.size() == 1);
  CHECK(reads[0].request->offset == 3);
  f.d.on_payload(reads[0], f.requests[3]);
  a = f.act();
  REQUIRE(all_of<recount>(a).size() == 1);
  CHECK(all_of<recount>(a)[0].bytes == f.requests[3]->bytes());
  f.d.on_payload(reads[0], f.requests[3]);  // an answer that comes twice changes nothing
  CHECK(f.act().empty());
  // It may be let go of again, for another's sake.
  f.kind = "resumable";
  f.large("other");
  const auto again = all_of<recount>(f.act());
  REQUIRE(again.size() == 1);
  CHECK(again[0].delivery.record->key == "t3");
}

TEST_CASE("what is completed is the record, with its payload or without") {
  payload_fixture f;
  for (const auto* task : {"t0", "t1", "t2", "t3"}) f.large(task);
  f.act();
  f.canceled("t3");
  const auto done = all_of<complete>(f.act());
  REQUIRE(done.size() == 1);
  CHECK(done[0].delivery.record->offset == 3);
  CHECK(done[0].delivery.assignment == 1);
  CHECK(f.d.payloads_let_go() == 0);
}

namespace {

// The payload of t3 is being read when its turn comes.
struct coming_fixture : payload_fixture {
  coming_fixture() {
    for (const auto* task : {"t0", "t1", "t2", "t3"}) large(task);
    auto a = act();
    end(all_of<begin_run>(a).at(0).key);
    a = act();
    asked = all_of<read_payload>(a).at(0);
    for (int i = 0; i < 2; ++i) {
      end(all_of<begin_run>(a).at(0).key);
      a = act();
    }
    REQUIRE(asked.request->offset == 3);
    CHECK(all_of<begin_run>(a).empty());
    CHECK(all_of<read_payload>(a).empty());  // it was asked for
    CHECK(published(a, message_type::started).empty());
    CHECK(d.running() == 1);
    CHECK(d.queued() == 0);
  }
  read_payload asked;
};

}  // namespace

TEST_CASE("a slot is kept for a task whose turn comes before its payload does") {
  coming_fixture f;
  f.large("t4");
  CHECK(all_of<begin_run>(f.act()).empty());
  f.d.on_payload(f.asked, f.requests[3]);
  const auto begun = all_of<begin_run>(f.act());
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].request == f.requests[3]);
  CHECK(f.d.running() == 1);
  f.end(begun[0].key);
  const auto next = all_of<begin_run>(f.act());
  REQUIRE(next.size() == 1);
  CHECK(next[0].key.task == "t4");
}

TEST_CASE("a task that ends while its payload is being read gives its slot to the next") {
  coming_fixture f;
  f.large("t4");
  f.act();
  f.canceled("t3");
  const auto begun = all_of<begin_run>(f.act());
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].key.task == "t4");
  f.d.on_payload(f.asked, f.requests[3]);  // nobody waits for it any more
  CHECK(f.act().empty());
}

TEST_CASE("a partition that is lost while a payload is being read keeps no slot") {
  coming_fixture f;
  f.d.on_revoked({{"request", 0}});
  f.act();
  CHECK(f.d.running() == 0);
  f.d.on_payload(f.asked, f.requests[3]);
  CHECK(f.act().empty());
  // The task may come again before the answer does.
  f.d.on_assigned({{"request", 0}}, at(0));
  f.act();
  f.d.on_request({f.requests[3], 2});
  f.accepted("t3");
  const auto begun = all_of<begin_run>(f.act());
  REQUIRE(begun.size() == 1);
  f.d.on_payload(f.asked, f.requests[3]);
  CHECK(f.act().empty());
}

TEST_CASE(
    "a partition that cannot be read keeps slots for two seconds, and its tasks come first when it can be again") {
  coming_fixture f;
  f.large("t4");
  f.act();
  f.d.tick(base::steady_time{}, at(0));
  f.d.tick(base::steady_time{} + payload_waits::longest - base::milliseconds(1), at(0));
  CHECK(all_of<begin_run>(f.act()).empty());
  f.d.tick(base::steady_time{} + payload_waits::longest, at(0));
  auto begun = all_of<begin_run>(f.act());
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].key.task == "t4");
  CHECK(f.d.queued() == 1);
  // Behind it others wait, one of them without its payload.
  for (const auto* task : {"t5", "t6", "t7"}) f.large(task);
  f.act();
  CHECK(f.d.payloads_let_go() == 1);
  f.d.on_payload(f.asked, f.requests[3]);
  f.end(begun[0].key);
  for (const auto* task : {"t3", "t5"}) {
    begun = all_of<begin_run>(f.act());
    REQUIRE(begun.size() == 1);
    CHECK(begun[0].key.task == task);
    f.end(begun[0].key);
  }
}

TEST_CASE("no other task of a partition that cannot be read keeps a slot, until something of it is read") {
  auto o = payload_fixture::small_rules();
  o.max_payload_bytes = 50;  // so none that waits has its payload
  payload_fixture f(o);
  for (const auto* task : {"t0", "t1", "t2"}) f.large(task);
  f.end(all_of<begin_run>(f.act()).at(0).key);
  const auto asked = all_of<read_payload>(f.act());
  REQUIRE(asked.size() == 1);
  f.d.tick(base::steady_time{}, at(0));
  f.d.tick(base::steady_time{} + payload_waits::longest, at(0));
  CHECK(all_of<read_payload>(f.act()).empty());
  CHECK(f.d.running() == 0);
  CHECK(f.d.queued() == 2);
  f.request_naming("small", 0);
  f.accepted("small");
  const auto small = all_of<begin_run>(f.act());
  REQUIRE(small.size() == 1);
  f.end(small[0].key);
  // Also when that is no longer there.
  f.d.on_payload(asked[0], nullptr);
  const auto next = all_of<read_payload>(f.act());
  REQUIRE(next.size() == 1);
  CHECK(next[0].request->key == "t2");
  CHECK(f.d.running() == 1);
}

TEST_CASE("of a task that is asked for again after its request is gone, the new one is taken") {
  coming_fixture f;
  f.d.on_payload(f.asked, nullptr);
  const auto letters = all_of<dead_letter>(f.act());
  REQUIRE(letters.size() == 1);
  f.large_request("t3");
  const auto begun = all_of<begin_run>(f.act());
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].request == f.requests.back());
  f.d.on_dead_lettered(letters[0].token);
  CHECK(published(f.act(), message_type::ended).empty());
  f.end(begun[0].key);
  std::set<std::int64_t> completed;
  for (const auto& c : all_of<complete>(f.act())) completed.insert(c.delivery.record->offset);
  CHECK(completed == std::set<std::int64_t>{3, 4});
}

TEST_CASE("a drain keeps no slot for a task whose payload is being read") {
  coming_fixture f;
  f.d.drain();
  CHECK(f.d.running() == 0);
  f.d.on_payload(f.asked, f.requests[3]);
  CHECK(all_of<begin_run>(f.act()).empty());
}

TEST_CASE("a task whose request is no longer on the bus fails, after a dead letter, and the next one begins") {
  for (const bool is_another : {false, true}) {
    coming_fixture f;
    f.large("t4");
    f.act();
    // Another one has its place if the topic was made anew.
    f.d.on_payload(f.asked, is_another ? f.requests[2] : nullptr);
    auto a = f.act();
    const auto letters = all_of<dead_letter>(a);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].request->key == "t3");
    CHECK(all_of<begin_run>(a).at(0).key.task == "t4");
    CHECK(published(a, message_type::ended).empty());
    f.d.on_dead_lettered(letters[0].token);
    const auto ends = published(f.act(), message_type::ended);
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].request_id == "t3");
    CHECK(ends[0].payload.find("failed") != std::string::npos);
    auto m = ends[0];
    m.source = "me";
    f.log(m, 0);
    CHECK(all_of<complete>(f.act()).size() == 1);
  }
}

TEST_CASE("a payload that is larger than the memory for those that wait is read when the task's turn comes") {
  auto o = payload_fixture::small_rules();
  o.max_payload_bytes = 50;
  payload_fixture f(o);
  for (const auto* task : {"t0", "t1"}) f.large(task);
  auto a = f.act();
  REQUIRE(all_of<begin_run>(a).size() == 1);
  CHECK(all_of<begin_run>(a)[0].request == f.requests[0]);
  CHECK(all_of<read_payload>(a).empty());
  CHECK(f.d.payloads_let_go() == 1);
  f.end(all_of<begin_run>(a)[0].key);
  a = f.act();
  CHECK(all_of<begin_run>(a).empty());
  REQUIRE(all_of<read_payload>(a).size() == 1);
  f.d.on_payload(all_of<read_payload>(a)[0], f.requests[1]);
  CHECK(all_of<begin_run>(f.act()).size() == 1);
}

TEST_CASE("a task that is asked for twice has one payload here") {
  payload_fixture f;
  for (const auto* task : {"t0", "t1"}) f.large(task);
  f.act();
  f.large_request("t1");
  const auto counts = all_of<recount>(f.act());
  REQUIRE(counts.size() == 1);
  CHECK(counts[0].delivery.record->offset == 2);
  CHECK(counts[0].delivery.record->value.empty());
  CHECK(f.d.payloads_let_go() == 0);
}

TEST_CASE("small payloads stay, however many") {
  auto o = payload_fixture::small_rules();
  o.max_payload_bytes = 5;
  payload_fixture f(o);
  for (int i = 0; i < 9; ++i) {
    f.accepted(std::to_string(i));
    f.request(std::to_string(i));
  }
  CHECK(all_of<recount>(f.act()).empty());
}

TEST_CASE("a task that was given back waits with its payload, which may be let go of again") {
  payload_fixture f;
  f.large("t0");
  const auto run = all_of<begin_run>(f.act()).at(0).key;
  for (const auto* task : {"t1", "t2"}) f.large(task);
  f.act();
  f.started("t0", run.run, "", "me", 0);
  f.d.on_finished(run, run_end::given_back);
  f.of_run(message_type::released, "t0", run.run, 2, "me", 0);
  const auto counts = all_of<recount>(f.act());
  REQUIRE(counts.size() == 1);
  CHECK(counts[0].delivery.record->key == "t0");
}

TEST_CASE("a task that must run alone has its payload before it holds others back, and keeps it") {
  auto o = payload_fixture::small_rules();
  o.concurrency = 2;
  payload_fixture f(o);
  for (const auto* task : {"long", "short"}) f.large(task);
  const auto runs = all_of<begin_run>(f.act());
  REQUIRE(runs.size() == 2);
  for (const auto* task : {"w1", "w2"}) f.large(task);
  f.accepted("lost");
  f.started("lost", "theirs", "", "other", 0);
  f.large_request("lost");
  f.act();
  CHECK(f.d.payloads_let_go() == 1);
  for (int i = 0; i <= 4; ++i) f.alive(2000 * i);
  f.act();
  f.end(runs[1].key);
  auto a = f.act();
  CHECK(all_of<begin_run>(a).empty());
  CHECK_FALSE(f.d.waits_to_be_alone());
  const auto reads = all_of<read_payload>(a);
  REQUIRE(reads.size() == 1);
  CHECK(reads[0].request->key == "lost");
  f.d.on_payload(reads[0], f.requests[4]);
  CHECK(published(f.act(), message_type::started).empty());
  CHECK(f.d.waits_to_be_alone());
  f.large("w3");
  CHECK(all_of<recount>(f.act()).at(0).delivery.record->key == "w3");
  f.end(runs[0].key);
  a = f.act();
  const auto starts = published(a, message_type::started);
  REQUIRE(starts.size() == 1);
  CHECK(starts[0].request_id == "lost");
  f.started("lost", starts[0].run, "theirs", "me", 8100);
  const auto begun = all_of<begin_run>(f.act());
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].request == f.requests[4]);
}
