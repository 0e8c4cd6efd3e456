// The rules one by one, by hand. tests/property drives the same class through everything that can happen together.
#include "processor/decisions.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::processor;
using task::message;
using task::message_type;

namespace {

constexpr base::milliseconds interval{2000};

sys_time at(std::int64_t ms) {
  return sys_time(base::milliseconds(1'000'000'000 + ms));
}

// A processor under test, "me", and a log of partition 0 that it reads record by record.
struct bench {
  explicit bench(std::uint32_t concurrency = 2, std::uint32_t max_runs = 1) : d(rules(concurrency, max_runs)) {
    d.on_assigned({{"request", 0}}, at(0));
  }

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
  void log(const message& m, std::int64_t ms) { d.on_response(0, end++, at(ms), &m); }
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
  void alive(std::int64_t ms, std::string source = "me") { log(of(message_type::alive, "", std::move(source)), ms); }
  void request(const std::string& task, std::int64_t ms = 0, std::optional<sys_time> accepted_at = {}) {
    auto m = of(message_type::submitted, task);
    m.expiry = at(1'000'000);
    m.accepted_at = accepted_at;
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

std::vector<message> published(const std::vector<action>& actions, message_type type) {
  std::vector<message> out;
  for (const auto& p : all_of<publish>(actions)) {
    if (p.message.type == type) out.push_back(p.message);
  }
  return out;
}

}  // namespace

TEST_CASE("a task without a run is started and begun at once") {
  bench b;
  b.act();
  b.accepted("t");
  b.request("t");
  const auto a = b.act();
  const auto s = published(a, message_type::started);
  REQUIRE(s.size() == 1);
  CHECK(s[0].replaces == std::string{});
  CHECK(s[0].runseq == 1);
  CHECK(all_of<begin>(a).size() == 1);
}

TEST_CASE(
    "a task of newer rules is left to a newer processor: no letter, no completion, and this one leaves the group") {
  bench b;
  b.act();
  b.accepted("known");
  b.request("known");
  CHECK(all_of<begin>(b.act()).size() == 1);
  for (const auto* task : {"newer", "another"}) {
    auto m = b.of(message_type::accepted, task);
    m.fold = task::fold_version + 1;
    m.expiry = at(1'000'000);
    b.log(m, 0);
    b.request(task);
  }
  const auto a = b.act();
  const auto told = all_of<outdated>(a);
  REQUIRE(told.size() == 1);
  CHECK(told[0].fold == task::fold_version + 1);
  CHECK(all_of<dead_letter>(a).empty());
  CHECK(all_of<complete>(a).empty());
  b.d.drain();
  const auto after = b.act();
  CHECK(all_of<dead_letter>(after).empty());
  CHECK(all_of<complete>(after).empty());
  CHECK(all_of<stop>(after).empty());
  CHECK(b.d.runs() == 1);
  // Nor once it has expired, by the log.
  b.d.on_assigned({{"request", 0}}, at(0));
  b.request("newer");
  b.alive(2'000'000);
  b.d.tick(base::steady_time{}, base::sys_time::max());
  const auto late = b.act();
  CHECK(published(late, message_type::ended).empty());
  CHECK(all_of<dead_letter>(late).empty());
}

TEST_CASE("a task of known rules stays one, whoever accepts it again") {
  bench b;
  b.act();
  b.accepted("t");
  auto again = b.of(message_type::accepted, "t");
  again.fold = task::fold_version + 1;
  again.expiry = at(1'000'000);
  b.log(again, 0);
  b.request("t");
  const auto a = b.act();
  CHECK(all_of<outdated>(a).empty());
  CHECK(all_of<begin>(a).size() == 1);
  // Also after its end, for as long as that is kept.
  b.log(b.of(message_type::ended, "t"), 10);
  b.log(again, 20);
  b.request("t");
  const auto ended = b.act();
  CHECK(all_of<outdated>(ended).empty());
  CHECK(all_of<complete>(ended).size() == 2);
}

namespace {

// What is told to the handler of "t", which has a request now.
bool first_to_all(bench& b) {
  b.request("t");
  const auto begun = all_of<begin>(b.act());
  REQUIRE(begun.size() == 1);
  return begun[0].first_to_all;
}

}  // namespace

TEST_CASE("a task that was accepted after the partition was assigned is begun by nobody else before") {
  bench b;
  b.act();
  b.accepted("t");
  CHECK(first_to_all(b));
}

TEST_CASE("a task that was accepted before the partition was assigned may have brought its owner down") {
  bench b;
  b.end = 1;
  b.act();
  b.end = 0;
  b.accepted("t");
  CHECK_FALSE(first_to_all(b));
}

TEST_CASE("a task that had a run already may have brought its owner down, too") {
  bench b;
  b.act();
  b.accepted("t");
  b.started("t", "theirs", "", "other", 10);
  b.of_run(message_type::released, "t", "theirs", 2, "other", 20);
  CHECK_FALSE(first_to_all(b));
}

TEST_CASE("a task that was accepted while the partition was another's may have brought that one down") {
  bench b;
  b.act();
  b.accepted("mine");
  b.request("mine");
  b.act();  // its run keeps the partition's book
  const std::vector<bus::partition_id> partition(1, {"request", 0});
  SUBCASE("read before the partition came back") {
    b.accepted("t");
    b.d.on_revoked(partition);
    b.d.on_assigned(partition, at(10));
  }
  SUBCASE("read after it") {
    b.d.on_revoked(partition);
    b.d.on_assigned(partition, at(10));
    b.accepted("t");
  }
  SUBCASE("an answer of before is too old") {
    b.request("other");
    const auto asked = all_of<ask_end>(b.d.take_actions());
    REQUIRE(asked.size() == 1);
    b.d.on_revoked(partition);
    b.d.on_assigned(partition, at(10));
    b.d.on_end(0, asked[0].token, b.end);
    b.accepted("t");
  }
  CHECK_FALSE(first_to_all(b));
}

TEST_CASE("a request is not judged before the end that existed when it came was read") {
  bench b;
  b.act();
  b.end = 1;  // its accepted is in the log, but not read yet
  b.request("t");
  CHECK(b.act().size() == 1);  // asks for the end, and no dead letter
  b.end = 0;
  b.accepted("t");
  CHECK(all_of<begin>(b.act()).size() == 1);
}

TEST_CASE("a request whose task was never accepted becomes a dead letter, then is completed") {
  bench b;
  b.act();
  b.request("t");
  const auto letters = all_of<dead_letter>(b.act());
  REQUIRE(letters.size() == 1);
  b.d.on_dead_lettered(letters[0].token);
  CHECK(all_of<complete>(b.act()).size() == 1);
}

TEST_CASE("several request records of one task make one run, and are completed together when it has ended") {
  bench b;
  b.act();
  b.accepted("t");
  b.request("t");
  b.request("t");
  const auto a = b.act();
  REQUIRE(all_of<begin>(a).size() == 1);
  b.started("t", "my-run-1", "", "me", 10);
  b.request("t");
  b.d.on_finished({0, "t", "my-run-1"}, run_end::ended);
  CHECK(all_of<complete>(b.act()).empty());
  b.of_run(message_type::ended, "t", "my-run-1", 2, "me", 20, R"({"status":"succeeded"})");
  CHECK(all_of<complete>(b.act()).size() == 3);
  CHECK(b.d.runs() == 0);
}

TEST_CASE("another's run is left alone while it is heard from, then replaced, and begun when read back") {
  bench b;
  b.act();
  b.accepted("t");
  b.started("t", "theirs", "", "other", 0);
  b.request("t");
  CHECK(published(b.act(), message_type::started).empty());
  for (int i = 0; i <= 3; ++i) b.alive(2000 * i);
  CHECK(published(b.act(), message_type::started).empty());
  b.alive(8000);
  auto a = b.act();
  const auto s = published(a, message_type::started);
  REQUIRE(s.size() == 1);
  CHECK(s[0].replaces == "theirs");
  CHECK(all_of<begin>(a).empty());
  b.started("t", "my-run-1", "theirs", "me", 8100);
  CHECK(all_of<begin>(b.act()).size() == 1);
}

TEST_CASE("a run that reads that another was faster stops, and the request waits for that one") {
  bench b;
  b.act();
  b.accepted("t");
  b.request("t");
  REQUIRE(all_of<begin>(b.act()).size() == 1);
  b.started("t", "theirs", "", "other", 10);
  CHECK(all_of<stop>(b.act()).empty());
  b.started("t", "my-run-1", "", "me", 20);
  const auto stops = all_of<stop>(b.act());
  REQUIRE(stops.size() == 1);
  CHECK(stops[0].why == stop_reason::over);
  b.d.on_finished({0, "t", "my-run-1"}, run_end::stopped);
  CHECK(b.act().empty());
  CHECK(b.d.running() == 0);
}

TEST_CASE("a canceled task stops its run and completes its request") {
  bench b;
  b.act();
  b.accepted("t");
  b.request("t");
  b.act();
  b.started("t", "my-run-1", "", "me", 10);
  auto m = b.of(message_type::ended, "t");
  m.payload = R"({"status":"canceled"})";
  b.log(m, 20);
  const auto a = b.act();
  CHECK(all_of<stop>(a).size() == 1);
  CHECK(all_of<complete>(a).size() == 1);
}

TEST_CASE("a lost partition stops no run") {
  bench b;
  b.act();
  b.accepted("t");
  b.request("t");
  b.act();
  b.d.on_revoked({{"request", 0}});
  b.started("t", "my-run-1", "", "me", 10);
  CHECK(all_of<stop>(b.act()).empty());
  CHECK(b.d.runs() == 1);
  b.d.on_finished({0, "t", "my-run-1"}, run_end::ended);
  b.of_run(message_type::ended, "t", "my-run-1", 2, "me", 20, R"({"status":"succeeded"})");
  const auto a = b.act();
  CHECK(all_of<complete>(a).empty());
  CHECK(all_of<unfollow>(a).size() == 1);
}

TEST_CASE("a resumable task goes on behind the last result of a released run") {
  bench b;
  b.kind = "resumable";
  b.act();
  b.accepted("t");
  b.started("t", "theirs", "", "other", 0);
  b.of_run(message_type::result, "t", "theirs", 2, "other", 1, "{\"index\":0}");
  b.of_run(message_type::result, "t", "theirs", 3, "other", 2, "{\"index\":1}");
  b.of_run(message_type::released, "t", "theirs", 4, "other", 3);
  b.request("t");
  const auto a = b.act();
  const auto s = published(a, message_type::started);
  REQUIRE(s.size() == 1);
  CHECK(s[0].resume);
  CHECK(s[0].replaces == "theirs");
  const auto begun = all_of<begin>(a);
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].results_before == 2);
  CHECK(begun[0].last_result == "{\"index\":1}");
}

TEST_CASE("no more tasks begin than there is concurrency for, and the next one when a handler returns") {
  bench b(1);
  b.act();
  b.accepted("t");
  b.accepted("u");
  b.request("t");
  b.request("u");
  CHECK(all_of<begin>(b.act()).size() == 1);
  CHECK(b.d.queued() == 1);
  b.d.on_finished({0, "t", "my-run-1"}, run_end::ended);
  CHECK(all_of<begin>(b.act()).size() == 1);
}

TEST_CASE("the last allowed run begins alone, and nothing begins beside it until its end was read") {
  bench b(4, 1);
  b.act();
  b.accepted("t");
  b.accepted("u");
  b.accepted("v");
  b.started("t", "theirs", "", "other", 0);
  b.request("u");
  REQUIRE(all_of<begin>(b.act()).size() == 1);
  b.request("t");
  b.act();
  for (int i = 0; i <= 4; ++i) b.alive(2000 * i);
  CHECK(published(b.act(), message_type::started).empty());  // u runs
  b.request("v");
  CHECK(all_of<begin>(b.act()).empty());  // t is first in line
  b.d.on_finished({0, "u", "my-run-1"}, run_end::ended);
  auto a = b.act();
  REQUIRE(published(a, message_type::started).size() == 1);
  CHECK(published(a, message_type::started)[0].request_id == "t");
  b.started("t", "my-run-2", "theirs", "me", 8100);
  REQUIRE(all_of<begin>(b.act()).size() == 1);
  b.d.on_finished({0, "t", "my-run-2"}, run_end::ended);
  CHECK(all_of<begin>(b.act()).empty());
  b.of_run(message_type::ended, "t", "my-run-2", 2, "me", 8200, R"({"status":"succeeded"})");
  CHECK(all_of<begin>(b.act()).size() == 1);  // v
}

TEST_CASE("a task out of runs becomes a dead letter, and when that is acknowledged gets its verdict") {
  bench b(2, 0);
  b.act();
  b.accepted("t");
  b.started("t", "theirs", "", "other", 0);
  b.request("t");
  b.act();
  for (int i = 0; i <= 4; ++i) b.alive(2000 * i);
  auto a = b.act();
  CHECK(published(a, message_type::started).empty());
  CHECK(published(a, message_type::ended).empty());
  const auto letters = all_of<dead_letter>(a);
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].deliveries == 1);
  b.d.on_dead_lettered(letters[0].token);
  const auto verdicts = published(b.act(), message_type::ended);
  REQUIRE(verdicts.size() == 1);
  CHECK(verdicts[0].replaces == "theirs");
  CHECK(verdicts[0].run.empty());
}

TEST_CASE("a task of an unknown kind gets a verdict, once") {
  bench b;
  b.kind = "nobody-knows";
  b.act();
  b.accepted("t");
  b.request("t");
  CHECK(published(b.act(), message_type::ended).size() == 1);
  b.alive(2000);
  CHECK(published(b.act(), message_type::ended).empty());
}

TEST_CASE("a request that cannot be read becomes a dead letter and is completed") {
  bench b;
  b.act();
  base::record r;
  r.topic = "request";
  r.partition = 0;
  r.offset = 0;
  r.value = "?";
  b.d.on_request({std::make_shared<const base::record>(std::move(r)), 1});
  const auto letters = all_of<dead_letter>(b.act());
  REQUIRE(letters.size() == 1);
  b.d.on_dead_lettered(letters[0].token);
  CHECK(all_of<complete>(b.act()).size() == 1);
}

TEST_CASE("a run past its task's expiry is stopped as expired, by the log's time") {
  bench b;
  b.act();
  b.accepted("t");
  b.request("t");
  b.act();
  b.started("t", "my-run-1", "", "me", 10);
  b.d.tick(base::steady_time{}, base::sys_time::max());
  CHECK(all_of<stop>(b.act()).empty());
  b.alive(1'000'001);
  b.d.tick(base::steady_time{}, base::sys_time::max());
  const auto stops = all_of<stop>(b.act());
  REQUIRE(stops.size() == 1);
  CHECK(stops[0].why == stop_reason::expired);
}

TEST_CASE("one wrong clock expires nothing, a broker's as little as this machine's") {
  for (const bool broker : {true, false}) {
    bench b;
    b.act();
    b.accepted("t");
    b.request("t");
    b.act();
    b.started("t", "my-run-1", "", "me", 10);
    const auto expiry = 1'000'000;
    const auto log = [&](int ms) { return broker ? ms + 3'600'000 : ms; };
    const auto wall = [&](int ms) { return at(broker ? ms : ms + 3'600'000); };
    b.d.tick(base::steady_time{}, wall(1000));
    b.alive(log(1000));
    b.d.tick(base::steady_time{}, wall(2000));
    CHECK(all_of<stop>(b.act()).empty());
    b.d.tick(base::steady_time{}, wall(expiry + 1));
    b.alive(log(expiry + 2));
    b.d.tick(base::steady_time{}, wall(expiry + 3));
    CHECK(all_of<stop>(b.act()).size() == 1);
  }
}

TEST_CASE("signs of life go where runs are, one interval apart, never two under way") {
  bench b;
  b.act();
  base::steady_time now{};
  b.d.tick(now, base::sys_time::max());
  CHECK(published(b.act(), message_type::alive).empty());
  b.accepted("t");
  b.request("t");
  b.act();
  b.d.tick(now += interval, base::sys_time::max());
  CHECK(published(b.act(), message_type::alive).size() == 1);
  b.d.tick(now += interval, base::sys_time::max());
  CHECK(published(b.act(), message_type::alive).empty());
  b.d.on_alive_published(0);
  b.d.tick(now, base::sys_time::max());
  CHECK(published(b.act(), message_type::alive).size() == 1);
}

TEST_CASE("draining starts nothing more, and at its deadline gives up what still runs") {
  bench b(1);
  b.act();
  b.accepted("t");
  b.accepted("u");
  b.request("t");
  b.request("u");
  REQUIRE(all_of<begin>(b.act()).size() == 1);
  b.d.drain();
  CHECK(b.d.queued() == 0);
  CHECK(b.d.runs() == 1);
  b.d.release_all();
  const auto stops = all_of<stop>(b.act());
  REQUIRE(stops.size() == 1);
  CHECK(stops[0].why == stop_reason::released);
  b.d.on_finished({0, "t", "my-run-1"}, run_end::stopped);
  CHECK(all_of<unfollow>(b.act()).size() == 1);
  CHECK(b.d.runs() == 0);
}

TEST_CASE("a request older than what was read has the partition read anew from before it") {
  bench b;
  b.act();
  b.accepted("t");
  b.request("t", -1'000'000);
  const auto a = b.act();
  CHECK(all_of<unfollow>(a).size() == 1);
  const auto again = all_of<follow>(a);
  REQUIRE(again.size() == 1);
  CHECK(again[0].from < at(-1'000'000));
}

TEST_CASE("a request that comes long after its task was accepted has the partition read anew from before that") {
  bench b;
  b.act();
  b.request("t", 500'000, at(-900'000));
  const auto again = all_of<follow>(b.act());
  REQUIRE(again.size() == 1);
  CHECK(again[0].from <= at(-900'000));
  // That is far enough for the next one, too.
  b.request("u", 500'000, at(-900'000));
  CHECK(all_of<follow>(b.act()).empty());
}

TEST_CASE("where the very accepted that a request names was read, nothing is read anew, however old it is") {
  bench b;
  b.act();
  b.accepted("t", -900'000);
  b.request("t", 500'000, at(-900'000));
  const auto a = b.act();
  CHECK(all_of<follow>(a).empty());
  CHECK(all_of<begin>(a).size() == 1);
  // Asked for once more by a gateway that does not know better, it still runs once.
  b.request("t", 510'000, at(-900'000));
  const auto more = b.act();
  CHECK(all_of<follow>(more).empty());
  CHECK(all_of<begin>(more).empty());
}

TEST_CASE("a task that was found by a later accepted, or by its end alone, may be another than the request names") {
  SUBCASE("a later one") {
    bench b;
    b.act();
    b.accepted("t", -500'000);
    b.request("t", 500'000, at(-900'000));
    CHECK(all_of<follow>(b.act()).size() == 1);
  }
  SUBCASE("one that nobody names") {
    bench b;
    b.act();
    b.accepted("t", -500'000);
    b.request("t", -400'000);
    CHECK(all_of<follow>(b.act()).size() == 1);
  }
  SUBCASE("its end") {
    bench b;
    b.act();
    b.accepted("t", -950'000);
    b.log(b.of(message_type::ended, "t"), -940'000);
    b.request("t", 500'000, at(-900'000));
    CHECK(all_of<follow>(b.act()).size() == 1);
  }
}

namespace {

// A thousand tasks of others end in the log at `ms`.
void thousand_end(bench& b, std::int64_t ms) {
  for (int i = 0; i < 1000; ++i) {
    const auto id = "t" + std::to_string(ms) + "-" + std::to_string(i);
    b.accepted(id, ms);
    b.log(b.of(message_type::ended, id), ms);
  }
}

bench remembering(std::size_t bytes) {
  auto o = bench::rules(2, 1);
  o.max_remembered_bytes = bytes;
  bench b;
  b.d = decisions(o);
  b.d.on_assigned({{"request", 0}}, at(0));
  b.act();
  return b;
}

void tick(bench& b) {
  b.d.tick(base::steady_time{}, sys_time::max());
}

}  // namespace

TEST_CASE("over its bound a processor forgets early what no request can need, and new requests find the log complete") {
  auto b = remembering(1);
  thousand_end(b, 0);
  b.alive(1'000, "other");
  tick(b);
  // A request of any of them may be on its way.
  CHECK(b.d.remembers_too_much());
  CHECK(b.d.remembered_bytes() > 70'000);
  b.accepted("old", 100'000);
  b.request("old", 100'000);
  b.act();
  b.alive(900'000, "other");
  tick(b);
  // The oldest request in hand is younger than they are.
  CHECK_FALSE(b.d.remembers_too_much());
  b.accepted("new", 900'000);
  b.request("new", 900'000);
  const auto a = b.act();
  CHECK(all_of<follow>(a).empty());
  CHECK(all_of<begin>(a).size() == 1);
  // A late repetition for one that was forgotten: it is looked up in the log.
  b.request("t0-0", 900'000, at(0));
  const auto late = b.act();
  REQUIRE(all_of<follow>(late).size() == 1);
  CHECK(all_of<follow>(late)[0].from <= at(0));
  CHECK(all_of<dead_letter>(b.act()).empty());
}

TEST_CASE("what a request in hand may need is remembered, whatever the bound") {
  auto b = remembering(1);
  b.accepted("old", -200'000);
  b.request("old", -200'000);
  b.act();
  thousand_end(b, 0);
  b.alive(1'000'000, "other");
  tick(b);
  CHECK(b.d.remembers_too_much());
}

TEST_CASE("below its bound a processor remembers for keep_for") {
  auto b = remembering(1 << 20);
  thousand_end(b, 0);
  b.alive(3'500'000, "other");
  tick(b);
  CHECK(b.d.remembered_bytes() > 70'000);
  b.alive(3'700'000, "other");
  tick(b);
  CHECK(b.d.remembered_bytes() == 0);
}

TEST_CASE("any record of another counts as heard, not only its signs of life") {
  bench b;
  b.act();
  b.accepted("t");
  b.started("t", "theirs", "", "other", 0);
  b.request("t");
  b.act();
  for (int i = 0; i <= 3; ++i) b.alive(2000 * i);
  b.of_run(message_type::result, "t", "theirs", 2, "other", 7000);
  b.alive(8000);
  CHECK(published(b.act(), message_type::started).empty());
}

TEST_CASE("a run of this very process that it no longer has is released, once") {
  bench b;
  b.act();
  b.accepted("t");
  b.started("t", "lost", "", "me", 0);
  b.request("t");
  const auto released = published(b.act(), message_type::released);
  REQUIRE(released.size() == 1);
  CHECK(released[0].run == "lost");
  CHECK(released[0].runseq == 2);
  b.alive(10);
  CHECK(published(b.act(), message_type::released).empty());
  b.of_run(message_type::released, "t", "lost", 2, "me", 20);
  CHECK(all_of<begin>(b.act()).size() == 1);
}

TEST_CASE("a replacement that is read back second to another's does not begin") {
  bench b;
  b.act();
  b.accepted("t");
  b.started("t", "theirs", "", "other", 0);
  b.request("t");
  b.act();
  for (int i = 0; i <= 4; ++i) b.alive(2000 * i);
  REQUIRE(published(b.act(), message_type::started).size() == 1);
  b.started("t", "third", "theirs", "faster", 8050);
  b.started("t", "my-run-1", "theirs", "me", 8100);
  CHECK(all_of<begin>(b.act()).empty());
  CHECK(b.d.running() == 0);
}

TEST_CASE("an answer about the end that was asked for before the partition was lost and won again is too old") {
  bench b;
  b.act();
  b.request("t");
  const auto before = all_of<ask_end>(b.d.take_actions());
  REQUIRE(before.size() == 1);
  b.d.on_revoked({{"request", 0}});
  b.d.on_assigned({{"request", 0}}, at(0));
  b.request("t");
  REQUIRE(all_of<ask_end>(b.d.take_actions()).size() == 1);
  b.d.on_end(0, before[0].token, 0);
  b.d.on_caught_up(0);
  CHECK(all_of<dead_letter>(b.d.take_actions()).empty());
}

TEST_CASE("a run that the process had not the means for is given back, counts as none, and begins again in a while") {
  bench b(2, 1);
  b.act();
  b.accepted("t");
  b.request("t");
  b.act();
  b.accepted("u");
  b.request("u");
  b.act();
  CHECK(b.d.running() == 2);
  // Before anything of the run is read.
  b.d.on_finished({0, "t", "my-run-1"}, run_end::given_back);
  b.act();
  CHECK(b.d.running() == 1);
  b.started("t", "my-run-1", "", "me", 10);
  CHECK(b.act().empty());
  b.of_run(message_type::released, "t", "my-run-1", 2, "me", 20);
  CHECK(all_of<begin>(b.act()).empty());

  b.d.tick(base::steady_time{}, base::sys_time::max());
  b.d.tick(base::steady_time{} + std::chrono::milliseconds(999), base::sys_time::max());
  CHECK(all_of<begin>(b.act()).empty());
  b.d.tick(base::steady_time{} + std::chrono::seconds(1), base::sys_time::max());
  const auto again = b.act();
  const auto started = published(again, message_type::started);
  REQUIRE(started.size() == 1);
  CHECK(started[0].request_id == "t");
  CHECK(started[0].replaces == "my-run-1");
  REQUIRE(all_of<begin>(again).size() == 1);
  CHECK(all_of<dead_letter>(again).empty());
}

TEST_CASE("nobody else begins either while a run was given back, and a drain still ends") {
  bench b(2, 1);
  b.act();
  b.accepted("t");
  b.request("t");
  b.act();
  b.d.on_finished({0, "t", "my-run-1"}, run_end::given_back);
  b.accepted("u");
  b.request("u");
  CHECK(all_of<begin>(b.act()).empty());
  CHECK(b.d.queued() == 1);
  b.d.drain();
  CHECK(b.d.runs() == 0);
}
