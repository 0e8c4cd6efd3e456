// The rules one by one, by hand. tests/property drives the same class through everything that can happen together.
#include "unit/processor/decisions/decisions_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::processor;
using namespace streamdemo::processor::testing;

TEST_CASE("a task without a run is started and begun at once") {
  fixture f;
  f.act();
  f.accepted("t");
  f.request("t");
  const auto a = f.act();
  const auto s = published(a, message_type::started);
  REQUIRE(s.size() == 1);
  CHECK(s[0].replaces == std::string{});
  CHECK(s[0].runseq == 1);
  CHECK(all_of<begin_run>(a).size() == 1);
}

TEST_CASE(
    "a task of newer rules is left to a newer processor: no letter, no completion, and this one leaves the group") {
  fixture f;
  f.act();
  f.accepted("known");
  f.request("known");
  CHECK(all_of<begin_run>(f.act()).size() == 1);
  for (const auto* task : {"newer", "another"}) {
    auto m = f.of(message_type::accepted, task);
    m.fold = task::fold_version + 1;
    m.expiry = at(1'000'000);
    f.log(m, 0);
    f.request(task);
  }
  const auto a = f.act();
  const auto told = all_of<outdated>(a);
  REQUIRE(told.size() == 1);
  CHECK(told[0].fold == task::fold_version + 1);
  CHECK(all_of<dead_letter>(a).empty());
  CHECK(all_of<complete>(a).empty());
  f.d.drain();
  const auto after = f.act();
  CHECK(all_of<dead_letter>(after).empty());
  CHECK(all_of<complete>(after).empty());
  CHECK(all_of<stop_run>(after).empty());
  CHECK(f.d.runs() == 1);
  // Nor once it has expired, by the log.
  f.d.on_assigned({{"request", 0}}, at(0));
  f.request("newer");
  f.alive(2'000'000);
  f.d.tick(base::steady_time{}, base::sys_time::max());
  const auto late = f.act();
  CHECK(published(late, message_type::ended).empty());
  CHECK(all_of<dead_letter>(late).empty());
}

TEST_CASE("a task of known rules stays one, whoever accepts it again") {
  fixture f;
  f.act();
  f.accepted("t");
  auto again = f.of(message_type::accepted, "t");
  again.fold = task::fold_version + 1;
  again.expiry = at(1'000'000);
  f.log(again, 0);
  f.request("t");
  const auto a = f.act();
  CHECK(all_of<outdated>(a).empty());
  CHECK(all_of<begin_run>(a).size() == 1);
  // Also after its end, for as long as that is kept.
  f.log(f.of(message_type::ended, "t"), 10);
  f.log(again, 20);
  f.request("t");
  const auto ended = f.act();
  CHECK(all_of<outdated>(ended).empty());
  CHECK(all_of<complete>(ended).size() == 2);
}

namespace {

// What is told to the handler of "t", which has a request now.
bool is_first_run(fixture& f) {
  f.request("t");
  const auto begun = all_of<begin_run>(f.act());
  REQUIRE(begun.size() == 1);
  return begun[0].is_first_run;
}

}  // namespace

TEST_CASE("a task that was accepted after the partition was assigned is begun by nobody else before") {
  fixture f;
  f.act();
  f.accepted("t");
  CHECK(is_first_run(f));
}

TEST_CASE("a run knows whether the log has an earlier one of its task") {
  fixture f;
  f.act();
  f.accepted("first");
  f.request("first");
  const auto first = all_of<begin_run>(f.act());
  REQUIRE(first.size() == 1);
  CHECK(!first[0].was_begun_before);
  f.accepted("again");
  f.started("again", "their-run", "", "they", 10);
  auto released = f.of(message_type::released, "again");
  released.run = "their-run";
  released.runseq = 2;
  f.log(released, 20);
  f.request("again");
  const auto again = all_of<begin_run>(f.act());
  REQUIRE(again.size() == 1);
  CHECK(again[0].was_begun_before);
}

TEST_CASE("a task that was accepted before the partition was assigned may have brought its owner down") {
  fixture f;
  f.end = 1;
  f.act();
  f.end = 0;
  f.accepted("t");
  CHECK_FALSE(is_first_run(f));
}

TEST_CASE("a task that had a run already may have brought its owner down, too") {
  fixture f;
  f.act();
  f.accepted("t");
  f.started("t", "theirs", "", "other", 10);
  f.of_run(message_type::released, "t", "theirs", 2, "other", 20);
  CHECK_FALSE(is_first_run(f));
}

TEST_CASE("a task that was accepted while the partition was another's may have brought that one down") {
  fixture f;
  f.act();
  f.accepted("mine");
  f.request("mine");
  f.act();  // its run keeps the partition's book
  const std::vector<bus::partition_id> partition(1, {"request", 0});
  SUBCASE("read before the partition came back") {
    f.accepted("t");
    f.d.on_revoked(partition);
    f.d.on_assigned(partition, at(10));
  }
  SUBCASE("read after it") {
    f.d.on_revoked(partition);
    f.d.on_assigned(partition, at(10));
    f.accepted("t");
  }
  SUBCASE("an answer of before is too old") {
    f.accepted("other");
    f.started("other", "theirs", "", "another", 5);
    f.request("other");
    const auto asked = all_of<ask_end>(f.d.take_actions());
    REQUIRE(asked.size() == 1);
    f.d.on_revoked(partition);
    f.d.on_assigned(partition, at(10));
    f.d.on_end(0, asked[0].token, f.end);
    f.accepted("t");
  }
  CHECK_FALSE(is_first_run(f));
}

TEST_CASE("a request is not judged before the end that existed when it came was read") {
  fixture f;
  f.act();
  f.accepted("t");
  f.started("t", "theirs", "", "other", 10);
  f.end = 3;  // the end of that run is in the log, but not read yet
  f.request("t");
  CHECK(f.act().size() == 1);  // asks for the end
  f.end = 2;
  f.of_run(message_type::ended, "t", "theirs", 2, "other", 20, R"({"status":"succeeded"})");
  const auto a = f.act();
  CHECK(all_of<begin_run>(a).empty());
  CHECK(all_of<complete>(a).size() == 1);
}

TEST_CASE("a task that nobody can have begun begins without a question for the end") {
  fixture f;
  f.act();
  SUBCASE("its accepted was read") {
    f.accepted("t");
    f.request("t");
  }
  SUBCASE("its accepted comes after its request") {
    f.request("t");
    CHECK(f.act().empty());
    f.accepted("t");
  }
  const auto a = f.act();
  CHECK(all_of<ask_end>(a).empty());
  CHECK(all_of<begin_run>(a).size() == 1);
}

TEST_CASE("a request that names an accepted of the present ownership, not read yet, is enough to begin") {
  fixture f;
  f.end = 5;
  f.act();
  f.request_naming("t", 7);
  const auto a = f.act();
  CHECK(all_of<ask_end>(a).empty());
  const auto begun = all_of<begin_run>(a);
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].is_first_run);
  CHECK(begun[0].expiry == at(1'000'000));
  // What is read later is as it would have been before.
  f.end = 7;
  f.accepted("t");
  f.started("t", "my-run-1", "", "me", 10);
  CHECK(f.act().empty());
  f.d.on_finished(begun[0].key, run_end::ended);
  f.of_run(message_type::ended, "t", "my-run-1", 2, "me", 20, R"({"status":"succeeded"})");
  CHECK(all_of<complete>(f.act()).size() == 1);
  f.d.tick(base::steady_time{}, base::sys_time::max());
  CHECK(all_of<ask_end>(f.act()).empty());
}

TEST_CASE("a request that names an accepted is not enough") {
  fixture f;
  f.end = 5;
  SUBCASE("where somebody may have begun the task before this ownership") {
    f.act();
    f.request_naming("t", 4);
  }
  SUBCASE("while it is not known where this ownership begins") {
    f.request_naming("t", 7);
    f.d.take_actions();
  }
  SUBCASE("where that offset was read: it is known, or forgotten, or was never there") {
    f.act();
    f.end = 7;
    f.accepted("other");
    f.request_naming("t", 7);
  }
  SUBCASE("once the partition has changed hands") {
    f.act();
    f.request_naming("one", 5);
    f.request_naming("two", 6);
    const auto begun = all_of<begin_run>(f.act());
    REQUIRE(begun.size() == 2);
    f.request_naming("t", 7);  // there is no slot for it
    const std::vector<bus::partition_id> slow(1, {"request.slow", 0});
    f.d.on_assigned(slow, at(0));
    f.d.take_actions();
    f.d.on_finished(begun[0].key, run_end::ended);
  }
  CHECK(all_of<begin_run>(f.d.take_actions()).empty());
}

TEST_CASE("a request that names an accepted that never comes is a dead letter, and its run is stopped") {
  fixture f;
  f.act();
  f.request_naming("t", 100);
  CHECK(all_of<begin_run>(f.act()).size() == 1);
  SUBCASE("what is read of the task is another record") {
    f.started("t", "my-run-1", "", "me", 10);
    auto a = f.act();
    CHECK(all_of<stop_run>(a).size() == 1);
    CHECK(all_of<dead_letter>(a).size() == 1);
  }
  SUBCASE("reading has passed the offset") {
    f.end = 101;
    f.alive(10, "other");
    f.d.tick(base::steady_time{}, base::sys_time::max());
    CHECK(all_of<dead_letter>(f.act()).size() == 1);
    f.started("t", "my-run-1", "", "me", 10);
    CHECK(all_of<stop_run>(f.act()).size() == 1);
  }
}

TEST_CASE("where somebody may have begun the task, the end is asked for, whenever its accepted comes") {
  fixture f;
  f.end = 2;
  f.act();  // the partition was another's up to here
  f.end = 0;
  SUBCASE("its accepted was read") {
    f.accepted("t");
    f.request("t");
  }
  SUBCASE("reading has not come that far") {
    f.request("t");
    f.accepted("t");
  }
  CHECK(all_of<ask_end>(f.d.take_actions()).size() == 1);
}

TEST_CASE("a request whose task was never accepted becomes a dead letter, then is completed") {
  fixture f;
  f.act();
  f.request("t");
  CHECK(f.act().empty());  // it may be about to come
  f.d.tick(base::steady_time(at(0).time_since_epoch()), at(0));
  const auto letters = all_of<dead_letter>(f.act());
  REQUIRE(letters.size() == 1);
  f.d.on_dead_lettered(letters[0].token);
  CHECK(all_of<complete>(f.act()).size() == 1);
}

TEST_CASE("several request records of one task make one run, and are completed together when it has ended") {
  fixture f;
  f.act();
  f.accepted("t");
  f.request("t");
  f.request("t");
  const auto a = f.act();
  REQUIRE(all_of<begin_run>(a).size() == 1);
  f.started("t", "my-run-1", "", "me", 10);
  f.request("t");
  f.d.on_finished({0, "t", "my-run-1"}, run_end::ended);
  CHECK(all_of<complete>(f.act()).empty());
  f.of_run(message_type::ended, "t", "my-run-1", 2, "me", 20, R"({"status":"succeeded"})");
  CHECK(all_of<complete>(f.act()).size() == 3);
  CHECK(f.d.runs() == 0);
}

TEST_CASE("another's run is left alone while it is heard from, then replaced, and begun when read back") {
  fixture f;
  f.act();
  f.accepted("t");
  f.started("t", "theirs", "", "other", 0);
  f.request("t");
  CHECK(published(f.act(), message_type::started).empty());
  for (int i = 0; i <= 3; ++i) f.alive(2000 * i);
  CHECK(published(f.act(), message_type::started).empty());
  f.alive(8000);
  auto a = f.act();
  const auto s = published(a, message_type::started);
  REQUIRE(s.size() == 1);
  CHECK(s[0].replaces == "theirs");
  CHECK(all_of<begin_run>(a).empty());
  f.started("t", "my-run-1", "theirs", "me", 8100);
  CHECK(all_of<begin_run>(f.act()).size() == 1);
}

TEST_CASE("a run that reads that another was faster stops, and the request waits for that one") {
  fixture f;
  f.act();
  f.accepted("t");
  f.request("t");
  REQUIRE(all_of<begin_run>(f.act()).size() == 1);
  f.started("t", "theirs", "", "other", 10);
  CHECK(all_of<stop_run>(f.act()).empty());
  f.started("t", "my-run-1", "", "me", 20);
  const auto stops = all_of<stop_run>(f.act());
  REQUIRE(stops.size() == 1);
  CHECK(stops[0].why == stop_reason::over);
  f.d.on_finished({0, "t", "my-run-1"}, run_end::stopped);
  CHECK(f.act().empty());
  CHECK(f.d.running() == 0);
}

TEST_CASE("a canceled task stops its run and completes its request") {
  fixture f;
  f.act();
  f.accepted("t");
  f.request("t");
  f.act();
  f.started("t", "my-run-1", "", "me", 10);
  f.canceled("t", 20);
  const auto a = f.act();
  CHECK(all_of<stop_run>(a).size() == 1);
  CHECK(all_of<complete>(a).size() == 1);
}

TEST_CASE("a lost partition stops no run") {
  fixture f;
  f.act();
  f.accepted("t");
  f.request("t");
  f.act();
  f.d.on_revoked({{"request", 0}});
  f.started("t", "my-run-1", "", "me", 10);
  CHECK(all_of<stop_run>(f.act()).empty());
  CHECK(f.d.runs() == 1);
  f.d.on_finished({0, "t", "my-run-1"}, run_end::ended);
  f.of_run(message_type::ended, "t", "my-run-1", 2, "me", 20, R"({"status":"succeeded"})");
  const auto a = f.act();
  CHECK(all_of<complete>(a).empty());
  CHECK(all_of<unfollow>(a).size() == 1);
}

TEST_CASE("a resumable task goes on behind the last result of a released run") {
  fixture f;
  f.kind = "resumable";
  f.act();
  f.accepted("t");
  f.started("t", "theirs", "", "other", 0);
  f.of_run(message_type::result, "t", "theirs", 2, "other", 1, "{\"index\":0}");
  f.of_run(message_type::result, "t", "theirs", 3, "other", 2, "{\"index\":1}");
  f.of_run(message_type::released, "t", "theirs", 4, "other", 3);
  f.request("t");
  const auto a = f.act();
  const auto s = published(a, message_type::started);
  REQUIRE(s.size() == 1);
  CHECK(s[0].resume);
  CHECK(s[0].replaces == "theirs");
  const auto begun = all_of<begin_run>(a);
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].results_before == 2);
  CHECK(begun[0].last_result == "{\"index\":1}");
}

TEST_CASE("no more tasks begin than there is concurrency for, and the next one when a handler returns") {
  fixture f(1);
  f.act();
  f.accepted("t");
  f.accepted("u");
  f.request("t");
  f.request("u");
  CHECK(all_of<begin_run>(f.act()).size() == 1);
  CHECK(f.d.queued() == 1);
  f.d.on_finished({0, "t", "my-run-1"}, run_end::ended);
  CHECK(all_of<begin_run>(f.act()).size() == 1);
}

TEST_CASE("where nobody else can be, what ran before gets a slot before what waited, in whatever partition it is") {
  auto o = fixture::rules(1, 3);
  o.alone = true;
  decisions d(o);
  d.on_assigned({{"request", 0}, {"request", 1}}, at(0));
  fixture of(o);  // makes records
  std::int64_t offsets[2] = {};
  const std::int64_t ends[2] = {1, 2};
  const auto log = [&](std::int32_t p, const task::message_view& m) { d.on_response(p, offsets[p]++, at(10), &m); };
  for (auto& a : d.take_actions()) {
    if (const auto* q = std::get_if<ask_end>(&a)) d.on_end(q->partition, q->token, ends[q->partition]);
  }
  for (const std::int32_t p : {0, 1}) {
    auto accepted = of.of(message_type::accepted, p == 0 ? "waited" : "ran");
    accepted.expiry = at(1'000'000);
    auto submitted = of.of(message_type::submitted, accepted.request_id);
    submitted.expiry = accepted.expiry;
    auto r = task::encode(submitted, "request", p);
    r.offset = 0;
    r.log_time = at(10);
    d.on_request({std::make_shared<const base::record>(std::move(r)), 1});
    log(p, accepted);
  }
  std::vector<message> began;
  const auto act = [&] {
    for (auto some = d.take_actions(); !some.empty(); some = d.take_actions()) {
      for (auto& a : some) {
        if (const auto* q = std::get_if<ask_end>(&a)) d.on_end(q->partition, q->token, ends[q->partition]);
      }
      for (auto& m : published(some, message_type::started)) began.push_back(std::move(m));
    }
  };
  d.on_caught_up(0);
  act();
  CHECK(began.empty());
  auto started = of.of(message_type::started, "ran", "before");
  started.run = "its run";
  started.runseq = 1;
  log(1, started);
  d.on_caught_up(1);
  act();
  REQUIRE(began.size() == 1);
  CHECK(began[0].request_id == "ran");
  CHECK(began[0].replaces == "its run");
}

TEST_CASE("the last allowed run begins alone, and nothing begins beside it until its end was read") {
  fixture f(4, 1);
  f.act();
  f.accepted("t");
  f.accepted("u");
  f.accepted("v");
  f.started("t", "theirs", "", "other", 0);
  f.request("u");
  REQUIRE(all_of<begin_run>(f.act()).size() == 1);
  f.request("t");
  f.act();
  for (int i = 0; i <= 4; ++i) f.alive(2000 * i);
  CHECK(published(f.act(), message_type::started).empty());  // u runs
  f.request("v");
  CHECK(all_of<begin_run>(f.act()).empty());  // t is first in line
  f.d.on_finished({0, "u", "my-run-1"}, run_end::ended);
  auto a = f.act();
  REQUIRE(published(a, message_type::started).size() == 1);
  CHECK(published(a, message_type::started)[0].request_id == "t");
  f.started("t", "my-run-2", "theirs", "me", 8100);
  REQUIRE(all_of<begin_run>(f.act()).size() == 1);
  f.d.on_finished({0, "t", "my-run-2"}, run_end::ended);
  CHECK(all_of<begin_run>(f.act()).empty());
  f.of_run(message_type::ended, "t", "my-run-2", 2, "me", 8200, R"({"status":"succeeded"})");
  CHECK(all_of<begin_run>(f.act()).size() == 1);  // v
}

TEST_CASE("a task out of runs becomes a dead letter, and when that is acknowledged gets its verdict") {
  fixture f(2, 0);
  f.act();
  f.accepted("t");
  f.started("t", "theirs", "", "other", 0);
  f.request("t");
  f.act();
  for (int i = 0; i <= 4; ++i) f.alive(2000 * i);
  auto a = f.act();
  CHECK(published(a, message_type::started).empty());
  CHECK(published(a, message_type::ended).empty());
  const auto letters = all_of<dead_letter>(a);
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].deliveries == 1);
  f.d.on_dead_lettered(letters[0].token);
  const auto verdicts = published(f.act(), message_type::ended);
  REQUIRE(verdicts.size() == 1);
  CHECK(verdicts[0].replaces == "theirs");
  CHECK(verdicts[0].run.empty());
}

TEST_CASE("a task of an unknown kind gets a verdict, once") {
  fixture f;
  f.kind = "nobody-knows";
  f.act();
  f.accepted("t");
  f.request("t");
  CHECK(published(f.act(), message_type::ended).size() == 1);
  f.alive(2000);
  CHECK(published(f.act(), message_type::ended).empty());
}

TEST_CASE("a request that cannot be read becomes a dead letter and is completed") {
  fixture f;
  f.act();
  base::record r;
  r.topic = "request";
  r.partition = 0;
  r.offset = 0;
  r.value = "?";
  f.d.on_request({std::make_shared<const base::record>(std::move(r)), 1});
  const auto letters = all_of<dead_letter>(f.act());
  REQUIRE(letters.size() == 1);
  f.d.on_dead_lettered(letters[0].token);
  CHECK(all_of<complete>(f.act()).size() == 1);
}

TEST_CASE("a run past its task's expiry is stopped as expired, by the log's time") {
  fixture f;
  f.act();
  f.accepted("t");
  f.request("t");
  f.act();
  f.started("t", "my-run-1", "", "me", 10);
  f.d.tick(base::steady_time{}, base::sys_time::max());
  CHECK(all_of<stop_run>(f.act()).empty());
  f.alive(1'000'001);
  f.d.tick(base::steady_time{}, base::sys_time::max());
  const auto stops = all_of<stop_run>(f.act());
  REQUIRE(stops.size() == 1);
  CHECK(stops[0].why == stop_reason::expired);
}

TEST_CASE("one wrong clock expires nothing, a broker's as little as this machine's") {
  for (const bool broker : {true, false}) {
    fixture f;
    f.act();
    f.accepted("t");
    f.request("t");
    f.act();
    f.started("t", "my-run-1", "", "me", 10);
    const auto expiry = 1'000'000;
    const auto log = [&](int ms) { return broker ? ms + 3'600'000 : ms; };
    const auto wall = [&](int ms) { return at(broker ? ms : ms + 3'600'000); };
    f.d.tick(base::steady_time{}, wall(1000));
    f.alive(log(1000));
    f.d.tick(base::steady_time{}, wall(2000));
    CHECK(all_of<stop_run>(f.act()).empty());
    f.d.tick(base::steady_time{}, wall(expiry + 1));
    f.alive(log(expiry + 2));
    f.d.tick(base::steady_time{}, wall(expiry + 3));
    CHECK(all_of<stop_run>(f.act()).size() == 1);
  }
}

TEST_CASE("signs of life go where runs are, one interval apart, never two under way") {
  fixture f;
  f.act();
  base::steady_time now{};
  f.d.tick(now, base::sys_time::max());
  CHECK(published(f.act(), message_type::alive).empty());
  f.accepted("t");
  f.request("t");
  f.act();
  f.d.tick(now += interval, base::sys_time::max());
  CHECK(published(f.act(), message_type::alive).size() == 1);
  f.d.tick(now += interval, base::sys_time::max());
  CHECK(published(f.act(), message_type::alive).empty());
  f.d.on_alive_published(0);
  f.d.tick(now, base::sys_time::max());
  CHECK(published(f.act(), message_type::alive).size() == 1);
}

TEST_CASE("draining starts nothing more, and at its deadline gives up what still runs") {
  fixture f(1);
  f.act();
  f.accepted("t");
  f.accepted("u");
  f.request("t");
  f.request("u");
  REQUIRE(all_of<begin_run>(f.act()).size() == 1);
  f.d.drain();
  CHECK(f.d.queued() == 0);
  CHECK(f.d.runs() == 1);
  f.d.release_all();
  const auto stops = all_of<stop_run>(f.act());
  REQUIRE(stops.size() == 1);
  CHECK(stops[0].why == stop_reason::released);
  f.d.on_finished({0, "t", "my-run-1"}, run_end::stopped);
  CHECK(all_of<unfollow>(f.act()).size() == 1);
  CHECK(f.d.runs() == 0);
}

TEST_CASE("a request older than what was read has the partition read anew from before it") {
  fixture f;
  f.act();
  f.accepted("t");
  f.request("t", -1'000'000);
  const auto a = f.act();
  CHECK(all_of<unfollow>(a).size() == 1);
  const auto again = all_of<follow>(a);
  REQUIRE(again.size() == 1);
  CHECK(again[0].from < at(-1'000'000));
}

TEST_CASE("a request that comes long after its task was accepted has the partition read anew from before that") {
  fixture f;
  f.act();
  f.request("t", 500'000, at(-900'000));
  const auto again = all_of<follow>(f.act());
  REQUIRE(again.size() == 1);
  CHECK(again[0].from <= at(-900'000));
  // That is far enough for the next one, too.
  f.request("u", 500'000, at(-900'000));
  CHECK(all_of<follow>(f.act()).empty());
}

TEST_CASE("where the very accepted that a request names was read, nothing is read anew, however old it is") {
  fixture f;
  f.act();
  f.accepted("t", -900'000);
  f.request("t", 500'000, at(-900'000));
  const auto a = f.act();
  CHECK(all_of<follow>(a).empty());
  CHECK(all_of<begin_run>(a).size() == 1);
  // Asked for once more by a gateway that does not know better, it still runs once.
  f.request("t", 510'000, at(-900'000));
  const auto more = f.act();
  CHECK(all_of<follow>(more).empty());
  CHECK(all_of<begin_run>(more).empty());
}

TEST_CASE("a task that was found by a later accepted, or by its end alone, may be another than the request names") {
  SUBCASE("a later one") {
    fixture f;
    f.act();
    f.accepted("t", -500'000);
    f.request("t", 500'000, at(-900'000));
    CHECK(all_of<follow>(f.act()).size() == 1);
  }
  SUBCASE("one that nobody names") {
    fixture f;
    f.act();
    f.accepted("t", -500'000);
    f.request("t", -400'000);
    CHECK(all_of<follow>(f.act()).size() == 1);
  }
  SUBCASE("its end") {
    fixture f;
    f.act();
    f.accepted("t", -950'000);
    f.log(f.of(message_type::ended, "t"), -940'000);
    f.request("t", 500'000, at(-900'000));
    CHECK(all_of<follow>(f.act()).size() == 1);
  }
}

namespace {

// A thousand tasks of others end in the log at `ms`.
void thousand_end(fixture& f, std::int64_t ms) {
  for (int i = 0; i < 1000; ++i) {
    const auto id = "t" + std::to_string(ms) + "-" + std::to_string(i);
    f.accepted(id, ms);
    f.log(f.of(message_type::ended, id), ms);
  }
}

decision_options remembering(std::size_t bytes) {
  auto o = fixture::rules(2, 1);
  o.max_remembered_bytes = bytes;
  return o;
}

void tick(fixture& f) {
  f.d.tick(base::steady_time{}, sys_time::max());
}

}  // namespace

TEST_CASE("over its bound a processor forgets early what no request can need, and new requests find the log complete") {
  fixture f(remembering(1));
  f.act();
  thousand_end(f, 0);
  f.alive(1'000, "other");
  tick(f);
  // A request of any of them may be on its way.
  CHECK(f.d.remembers_too_much());
  CHECK(f.d.remembered_bytes() > 50'000);
  f.accepted("old", 100'000);
  f.request("old", 100'000);
  f.act();
  f.alive(900'000, "other");
  tick(f);
  // The oldest request in hand is younger than they are.
  CHECK_FALSE(f.d.remembers_too_much());
  f.accepted("new", 900'000);
  f.request("new", 900'000);
  const auto a = f.act();
  CHECK(all_of<follow>(a).empty());
  CHECK(all_of<begin_run>(a).size() == 1);
  // A late repetition for one that was forgotten: it is looked up in the log.
  f.request("t0-0", 900'000, at(0));
  const auto late = f.act();
  REQUIRE(all_of<follow>(late).size() == 1);
  CHECK(all_of<follow>(late)[0].from <= at(0));
  CHECK(all_of<dead_letter>(f.act()).empty());
}

TEST_CASE("what a request in hand may need is remembered, whatever the bound") {
  fixture f(remembering(1));
  f.act();
  thousand_end(f, 0);
  f.request("t0-5", 0);  // and is not judged yet
  f.alive(1'000'000, "other");
  tick(f);
  CHECK(f.d.remembers_too_much());
  CHECK(all_of<complete>(f.act()).size() == 1);
  tick(f);
  CHECK_FALSE(f.d.remembers_too_much());
}

TEST_CASE("a task that runs for long needs none of those that end meanwhile; if they come again, they are looked up") {
  fixture f(remembering(1));
  f.act();
  f.accepted("long", -200'000);
  f.request("long", -200'000, at(-200'000));
  REQUIRE(all_of<begin_run>(f.act()).size() == 1);
  f.started("long", "my-run-1", "", "me", -190'000);
  thousand_end(f, 0);
  f.alive(900'000, "other");
  tick(f);
  CHECK_FALSE(f.d.remembers_too_much());
  // The partition was lost and won again.
  f.d.on_revoked({{"request", 0}});
  f.d.on_assigned({{"request", 0}}, at(900'000));
  f.request("long", -200'000, at(-200'000));
  f.request("t0-5", 0);
  const auto a = f.act();
  REQUIRE(all_of<follow>(a).size() == 1);
  CHECK(all_of<follow>(a)[0].from <= at(-200'000));
}

TEST_CASE("below its bound a processor remembers for keep_for") {
  fixture f(remembering(1 << 20));
  f.act();
  thousand_end(f, 0);
  f.alive(3'500'000, "other");
  tick(f);
  CHECK(f.d.remembered_bytes() > 50'000);
  f.alive(3'700'000, "other");
  tick(f);
  CHECK(f.d.remembered_bytes() == 0);
}

TEST_CASE("any record of another counts as heard, not only its signs of life") {
  fixture f;
  f.act();
  f.accepted("t");
  f.started("t", "theirs", "", "other", 0);
  f.request("t");
  f.act();
  for (int i = 0; i <= 3; ++i) f.alive(2000 * i);
  f.of_run(message_type::result, "t", "theirs", 2, "other", 7000);
  f.alive(8000);
  CHECK(published(f.act(), message_type::started).empty());
}

TEST_CASE("a run of this very process that it no longer has is released, once") {
  fixture f;
  f.act();
  f.accepted("t");
  f.started("t", "lost", "", "me", 0);
  f.request("t");
  const auto released = published(f.act(), message_type::released);
  REQUIRE(released.size() == 1);
  CHECK(released[0].run == "lost");
  CHECK(released[0].runseq == 2);
  f.alive(10);
  CHECK(published(f.act(), message_type::released).empty());
  f.of_run(message_type::released, "t", "lost", 2, "me", 20);
  CHECK(all_of<begin_run>(f.act()).size() == 1);
}

TEST_CASE("a replacement that is read back second to another's does not begin") {
  fixture f;
  f.act();
  f.accepted("t");
  f.started("t", "theirs", "", "other", 0);
  f.request("t");
  f.act();
  for (int i = 0; i <= 4; ++i) f.alive(2000 * i);
  REQUIRE(published(f.act(), message_type::started).size() == 1);
  f.started("t", "third", "theirs", "faster", 8050);
  f.started("t", "my-run-1", "theirs", "me", 8100);
  CHECK(all_of<begin_run>(f.act()).empty());
  CHECK(f.d.running() == 0);
}

TEST_CASE("an answer about the end that was asked for before the partition was lost and won again is too old") {
  fixture f;
  f.act();
  f.accepted("t");
  f.started("t", "theirs", "", "other", 5);
  f.request("t");
  const auto before = all_of<ask_end>(f.d.take_actions());
  REQUIRE(before.size() == 1);
  f.d.on_revoked({{"request", 0}});
  f.d.on_assigned({{"request", 0}}, at(0));
  f.request("t");
  REQUIRE(all_of<ask_end>(f.d.take_actions()).size() == 1);
  f.d.on_end(0, before[0].token, 0);
  f.d.on_caught_up(0);
  CHECK(all_of<dead_letter>(f.d.take_actions()).empty());
}

TEST_CASE("a run that the process had not the means for is given back, counts as none, and begins again in a while") {
  fixture f(2, 1);
  f.act();
  f.accepted("t");
  f.request("t");
  f.act();
  f.accepted("u");
  f.request("u");
  f.act();
  CHECK(f.d.running() == 2);
  // Before anything of the run is read.
  f.d.on_finished({0, "t", "my-run-1"}, run_end::given_back);
  f.act();
  CHECK(f.d.running() == 1);
  f.started("t", "my-run-1", "", "me", 10);
  CHECK(f.act().empty());
  f.of_run(message_type::released, "t", "my-run-1", 2, "me", 20);
  CHECK(all_of<begin_run>(f.act()).empty());

  f.d.tick(base::steady_time{}, base::sys_time::max());
  f.d.tick(base::steady_time{} + std::chrono::milliseconds(999), base::sys_time::max());
  CHECK(all_of<begin_run>(f.act()).empty());
  f.d.tick(base::steady_time{} + std::chrono::seconds(1), base::sys_time::max());
  const auto again = f.act();
  const auto started = published(again, message_type::started);
  REQUIRE(started.size() == 1);
  CHECK(started[0].request_id == "t");
  CHECK(started[0].replaces == "my-run-1");
  REQUIRE(all_of<begin_run>(again).size() == 1);
  CHECK(all_of<dead_letter>(again).empty());
}

TEST_CASE("nobody else begins either while a run was given back, and a drain still ends") {
  fixture f(2, 1);
  f.act();
  f.accepted("t");
  f.request("t");
  f.act();
  f.d.on_finished({0, "t", "my-run-1"}, run_end::given_back);
  f.accepted("u");
  f.request("u");
  CHECK(all_of<begin_run>(f.act()).empty());
  CHECK(f.d.queued() == 1);
  f.d.drain();
  CHECK(f.d.runs() == 0);
}

TEST_CASE("it offers its free slots and its partitions, and that it drains") {
  fixture f;
  base::steady_time now{};
  const auto offered = [&] {
    f.d.tick(now += interval, base::sys_time::max());
    auto o = offers_in(f.act());
    f.d.on_offer_published();
    return o;
  };
  auto o = offered();
  REQUIRE(o.size() == 1);
  task::offer expected;
  expected.slots = {2, 0};
  expected.kinds = {{"plain", {2, 0, 2}}, {"resumable", {2, 0, 2}}};
  expected.partitions = {{"request", {0}}};
  CHECK(o[0] == expected);
  for (const auto* id : {"t1", "t2", "t3"}) {
    f.accepted(id);
    f.request(id);
  }
  f.act();
  o = offered();
  REQUIRE(o.size() == 1);
  CHECK(o[0].slots == task::slot_counts{0, 2});
  CHECK(o[0].kinds.at("plain") == task::slot_counts{0, 2, 2});
  CHECK(o[0].kinds.at("resumable") == task::slot_counts{0, 0, 2});
  f.d.say_farewell();
  o = offers_in(f.act());
  REQUIRE(o.size() == 1);
  CHECK(o[0].draining);
  f.d.drain();
  CHECK(offered().empty());
}

TEST_CASE("while the next task must be alone, no slot is offered") {
  fixture f(2, 0);  // every run is the last that its task may have
  f.act();
  for (const auto* id : {"t1", "t2"}) {
    f.accepted(id);
    f.request(id);
  }
  f.act();
  f.d.tick(base::steady_time{} + interval, base::sys_time::max());
  const auto o = offers_in(f.act());
  REQUIRE(o.size() == 1);
  CHECK(o[0].slots == task::slot_counts{0, 1});
}

TEST_CASE("a kind whose slots are all taken holds back no other, and each is offered what is free for it") {
  auto o = fixture::rules(4, 1);
  o.kind_concurrency = {{"plain", 3}, {"resumable", 2}};
  fixture f(o);
  f.act();
  const auto submit = [&](const std::string& kind, const std::string& id) {
    f.kind = kind;
    f.accepted(id);
    f.request(id);
  };
  for (const auto* id : {"p1", "p2", "p3", "p4", "p5"}) submit("plain", id);
  CHECK(all_of<begin_run>(f.act()).size() == 3);
  f.d.tick(base::steady_time{} + interval, base::sys_time::max());
  auto offered = offers_in(f.act());
  REQUIRE(offered.size() == 1);
  CHECK(offered[0].slots == task::slot_counts{1, 3});
  CHECK(offered[0].kinds.at("plain") == task::slot_counts{0, 3, 3});
  CHECK(offered[0].kinds.at("resumable") == task::slot_counts{1, 0, 2});
  for (const auto* id : {"r1", "r2"}) submit("resumable", id);
  const auto begun = all_of<begin_run>(f.act());
  REQUIRE(begun.size() == 1);
  CHECK(begun[0].key.task == "r1");
  CHECK(f.d.queued() == 3);
  f.d.on_finished({0, "p1", "my-run-1"}, run_end::ended);
  CHECK(all_of<begin_run>(f.act()).size() == 1);
}

namespace {

// A process in which one task of an hour runs, and the turn of another one has come that must run alone.
struct alone_fixture : fixture {
  alone_fixture() : fixture(4, 1) {
    act();
    accepted("long");
    request("long");
    act();
    accepted("t");
    started("t", "theirs", "", "other", 0);
    request("t");
    act();
    for (int i = 0; i <= 4; ++i) alive(2000 * i);
    CHECK(published(act(), message_type::started).empty());
  }
  std::size_t begun_by_another(const std::string& id) {
    accepted(id);
    request(id);
    return all_of<begin_run>(act()).size();
  }
  // Returns the tasks of the runs that are started meanwhile.
  std::string ticks(base::milliseconds how_long) {
    std::string started;
    for (const auto until = now + how_long; now < until;) {
      d.tick(now += base::milliseconds(250), base::sys_time::max());
      for (const auto& m : published(act(), message_type::started)) started += m.request_id + " ";
    }
    return started;
  }

  base::steady_time now{};
};

}  // namespace

TEST_CASE("a task that must be alone holds others back for a while, then they start, and it comes again") {
  alone_fixture f;
  CHECK(f.d.waits_to_be_alone());
  CHECK(f.begun_by_another("u") == 0);
  CHECK(f.d.queued() == 2);
  CHECK(f.ticks(std::chrono::seconds(10)) == "");
  CHECK(f.ticks(std::chrono::milliseconds(500)) == "u ");
  CHECK_FALSE(f.d.waits_to_be_alone());
  CHECK(f.d.queued() == 1);
  CHECK(f.begun_by_another("v") == 1);
  f.ticks(std::chrono::seconds(91));
  CHECK(f.d.waits_to_be_alone());
  CHECK(f.begun_by_another("w") == 0);
  for (const auto& [task, run] : {std::pair{"long", "my-run-1"}, {"u", "my-run-2"}, {"v", "my-run-3"}}) {
    CHECK(published(f.act(), message_type::started).empty());
    f.d.on_finished({0, task, run}, run_end::ended);
  }
  const auto s = published(f.act(), message_type::started);
  REQUIRE(s.size() == 1);
  CHECK(s[0].request_id == "t");
  CHECK(f.d.running() == 1);
}

TEST_CASE("while a task waits to be alone, no slot is offered") {
  alone_fixture f;
  f.d.tick(f.now += interval, base::sys_time::max());
  const auto o = offers_in(f.act());
  REQUIRE(o.size() == 1);
  CHECK(o[0].slots == task::slot_counts{0, 1});
  CHECK(o[0].kinds.at("resumable") == task::slot_counts{0, 0, 4});
}

TEST_CASE("a task that must be alone and has let others start runs as soon as nobody else has a use for the process") {
  alone_fixture f;
  f.ticks(std::chrono::milliseconds(10'500));
  CHECK(f.begun_by_another("u") == 1);
  f.d.on_finished({0, "long", "my-run-1"}, run_end::ended);
  CHECK(published(f.act(), message_type::started).empty());
  f.d.on_finished({0, "u", "my-run-2"}, run_end::ended);
  const auto s = published(f.act(), message_type::started);
  REQUIRE(s.size() == 1);
  CHECK(s[0].request_id == "t");
}

TEST_CASE("a task that is over while it waits to be alone holds nothing back any more") {
  alone_fixture f;
  CHECK(f.begun_by_another("u") == 0);
  SUBCASE("it has ended") {
    f.log(f.of(message_type::ended, "t"), 8100);
  }
  SUBCASE("another was faster") {
    f.started("t", "faster", "theirs", "another", 8100);
  }
  SUBCASE("its partition is lost, and the others' too") {
    f.d.on_revoked({{"request", 0}});
    CHECK(f.d.queued() == 0);
    CHECK_FALSE(f.d.waits_to_be_alone());
    return;
  }
  const auto s = published(f.act(), message_type::started);
  REQUIRE(s.size() == 1);
  CHECK(s[0].request_id == "u");
  CHECK_FALSE(f.d.waits_to_be_alone());
}

TEST_CASE("a drain forgets who waits to be alone") {
  alone_fixture f;
  f.d.drain();
  CHECK(f.d.queued() == 0);
  CHECK(f.ticks(std::chrono::seconds(100)) == "");
}

TEST_CASE("own offers measure no silence") {
  fixture f;
  f.act();
  f.accepted("t");
  f.started("t", "other-run", "", "other", 0);
  f.request("t");
  f.act();
  auto offer = f.of(message_type::alive, "", "me");
  offer.payload = task::offer_payload({});
  // Between the signs of life they do not break the even row of these, and they are none themselves.
  for (int i = 0; i <= 4; ++i) {
    if (i == 4) CHECK(all_of<publish>(f.act()).empty());
    f.alive(2000 * i);
    for (int n = 1; n < 8; ++n) f.log(offer, 2000 * i + 250 * n);
  }
  const auto started = published(f.act(), message_type::started);
  REQUIRE(started.size() == 1);
  CHECK(started[0].replaces == "other-run");
}
