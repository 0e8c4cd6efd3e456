#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <streamdemo/base/partition.hpp>

#include "gateway/history/histories.hpp"
#include "unit/gateway/log_records.hpp"
#include "unit/gateway/newest.hpp"
#include "unit/gateway/on_loop.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using streamdemo::gateway::testing::epoch;
using streamdemo::gateway::testing::hand_clock;
using streamdemo::gateway::testing::log_writer;
using task::message_type;

namespace {

bool any(const task_view&) {
  return true;
}

constexpr std::int32_t partitions = 4;

struct histories_fixture {
  explicit histories_fixture(std::size_t max_bytes = 1 << 20, std::size_t threads = 1, std::size_t max_waiters = 1000)
      : loops(threads, "test"),
        all(make_histories({.max_bytes = max_bytes,
                            .keep_for = std::chrono::minutes(10),
                            .partitions = partitions,
                            .max_waiters = max_waiters},
                           loops, clock, metrics, log)) {}

  void apply(std::vector<base::record_ptr> records) { all->apply(records); }
  double metric(const std::string& line) const {
    const auto text = metrics.expose();
    const auto at = text.find("\n" + line + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + line.size() + 2));
  }

  base::logger log{"test", base::log_level::off};
  base::metrics metrics;
  hand_clock clock;
  base::io_threads loops;
  log_writer out{partitions};
  std::unique_ptr<histories> all;
};

std::vector<std::int64_t> seqs(const history::batch& b) {
  std::vector<std::int64_t> found;
  for (const auto& e : b.events) found.push_back(e->seq());
  return found;
}

using list = std::vector<std::int64_t>;

std::string json_text(std::size_t n) {
  std::string text(n, 'x');
  text.front() = text.back() = '"';
  return text;
}

class counting final : public subscriber {
 public:
  void on_news() noexcept override {
    ++times;
    if (then) then();
  }
  int times = 0;
  std::function<void()> then;
};

// Runs what is posted to loop 0, here.
void turn(histories_fixture& w) {
  asio::query(w.loops.executor(0), asio::execution::context).poll();
}

}  // namespace

TEST_CASE("a history has what the log says, in order, with one view of it") {
  histories_fixture w;
  w.apply({w.out.accepted("a"), w.out.started("a", "r1"), w.out.result("a", "r1", "1"),
           w.out.of_run(message_type::progress, "a", "r1", R"({"fraction":0.5})")});
  const auto h = w.all->find("a");
  REQUIRE(h);
  CHECK(seqs(h->read(0, 100, 1 << 20)) == list{1, 2, 3, 4});
  CHECK(seqs(h->read(2, 100, 1 << 20)) == list{3, 4});
  CHECK(seqs(h->read(0, 2, 1 << 20)) == list{1, 2});
  CHECK(seqs(h->read(0, 100, 1)) == list{1});
  CHECK(h->read(4, 100, 1 << 20).events.empty());
  CHECK(h->read(40, 100, 1 << 20).events.empty());
  auto v = h->view();
  CHECK(v.status == task::status::running);
  CHECK(v.kind == "simulate");
  CHECK(v.last_seq == 4);
  CHECK(v.results_begin == 2);
  CHECK(v.fraction == 0.5);
  CHECK(w.all->open_tasks() == 1);
  CHECK_FALSE(h->read(4, 100, 1).ended);

  w.apply({w.out.ended("a", "r1"), w.out.result("a", "r1", "late")});
  CHECK(seqs(h->read(4, 100, 1 << 20)) == list{5});
  CHECK(h->read(4, 100, 1 << 20).ended);
  CHECK(h->read(5, 100, 1 << 20).ended);
  CHECK_FALSE(h->read(0, 4, 1 << 20).ended);
  CHECK(h->view().status == task::status::succeeded);
  CHECK(w.all->open_tasks() == 0);
  CHECK(h->has_news(0));
}

TEST_CASE("each event has this gateway's own times: when it was folded, first written and last written") {
  histories_fixture w;
  const base::sys_time none{};
  w.apply({w.out.accepted("a"), w.out.started("a", "r")});
  w.clock.advance(base::microseconds(100));
  w.apply({w.out.result("a", "r", "1")});
  const auto h = w.all->find("a");
  w.clock.advance(base::microseconds(50));
  h->written(0, 2, w.clock.now());
  w.clock.advance(base::microseconds(50));
  h->written(1, 3, w.clock.now());
  w.apply({w.out.result("a", "r", "2")});

  const auto all = h->times(0, 100);
  REQUIRE(all.size() == 4);
  const auto at = [](int micros) { return epoch + base::microseconds(micros); };
  CHECK(all[0].folded == at(0));
  CHECK(all[0].first_written == at(150));
  CHECK(all[0].last_written == at(150));
  CHECK(all[1].first_written == at(150));
  CHECK(all[1].last_written == at(200));
  CHECK(all[2].type == message_type::result);
  CHECK(all[2].folded == at(100));
  CHECK(all[2].first_written == at(200));
  CHECK(all[3].seq == 4);
  CHECK(all[3].first_written == none);
  CHECK(all[3].last_written == none);

  const auto some = h->times(1, 2);
  REQUIRE(some.size() == 2);
  CHECK(some[0].seq == 2);
  CHECK(h->times(4, 2).empty());
  CHECK(h->times().first_written == at(150));
  CHECK(h->times().last_written == at(200));
  // More than a clock's worth of microseconds later is still later.
  w.clock.advance(std::chrono::hours(3));
  h->written(3, 9, w.clock.now());
  CHECK(h->times(3, 1)[0].first_written > at(200) + std::chrono::hours(1));
}

TEST_CASE("records in the wrong partition and records that say nothing are dropped and counted") {
  histories_fixture w;
  auto stray = *w.out.accepted("a");
  stray.partition = (stray.partition + 1) % partitions;
  auto noise = *w.out.accepted("b");
  noise.headers = {};
  auto beyond = *w.out.accepted("c");
  beyond.partition = partitions;
  w.apply({std::make_shared<base::record>(stray), std::make_shared<base::record>(noise),
           std::make_shared<base::record>(beyond), w.out.result("never-accepted", "r", "1")});
  CHECK_FALSE(w.all->find("a"));
  CHECK_FALSE(w.all->find("b"));
  CHECK_FALSE(w.all->find("c"));
  CHECK(w.metric(R"(streamdemo_response_records_unused_total{why="misplaced"})") == 2);
  CHECK(w.metric(R"(streamdemo_response_records_unused_total{why="unreadable"})") == 1);
  CHECK(w.metric(R"(streamdemo_response_records_unused_total{why="ignored"})") == 1);
}

TEST_CASE("results without a started and an end without a status are counted, and the end says that it failed") {
  histories_fixture w;
  w.apply({w.out.accepted("a"), w.out.result("a", "early", "1")});
  const auto counted = [&w] { return w.metric("streamdemo_response_rule_breaks_total"); };
  CHECK(counted() == 1);
  w.apply({w.out.started("a", "r"), w.out.of_run(task::message_type::ended, "a", "r", R"({"status":"done"})")});
  CHECK(counted() == 2);
  const auto read = w.all->find("a")->read(2, 10, 100'000);
  REQUIRE(read.events.size() == 1);
  CHECK(read.events[0]->json().find(R"("status":"failed")") != std::string_view::npos);
}

TEST_CASE("recent tasks come newest first") {
  histories_fixture w;
  for (const auto* id : {"a", "b", "c"}) {
    w.apply({w.out.accepted(id)});
    w.out.time += std::chrono::seconds(1);
  }
  const auto found = testing::newest(*w.all, std::nullopt, 2, any);
  REQUIRE(found.size() == 2);
  CHECK(found[0]->view().request_id == "c");
  CHECK(found[1]->view().request_id == "b");
}

TEST_CASE("whoever looks through many tasks does not hold up the loop for all of them") {
  histories_fixture w(8 << 20);
  constexpr int n = 2000;
  for (int i = 0; i < n; ++i) w.apply({w.out.accepted("task " + std::to_string(i))});
  w.loops.start();
  const auto ex = w.loops.executor(0);
  int looked = 0, when_others_came = 0;
  const std::function<bool(const task_view&)> none = [&](const task_view&) {
    if (++looked == 1) asio::post(ex, [&] { when_others_came = looked; });
    return false;
  };
  CHECK(testing::on_loop(ex, recent(*w.all, std::nullopt, 10, none)).get().empty());
  CHECK(looked == n);
  CHECK(when_others_came < n / 2);
}

TEST_CASE("a flood gives up its own oldest events, shows the gap, and leaves others alone") {
  histories_fixture w(64 * 1024);
  w.apply({w.out.accepted("small"), w.out.started("small", "s1"), w.out.result("small", "s1", "1")});
  w.apply({w.out.accepted("flood"), w.out.started("flood", "f1")});
  for (int i = 0; i < 200; ++i) w.apply({w.out.result("flood", "f1", json_text(4000))});
  CHECK(seqs(w.all->find("small")->read(0, 100, 1 << 20)) == list{1, 2, 3});

  const auto h = w.all->find("flood");
  const auto b = h->read(0, 1000, 1 << 20);
  REQUIRE_FALSE(b.events.empty());
  CHECK(b.kept_from == b.events.front()->seq());
  CHECK(b.kept_from == h->view().first_kept);
  CHECK(b.kept_from > 150);
  CHECK(b.events.back()->seq() == 202);
  CHECK(h->read(b.kept_from - 1, 1000, 1 << 20).kept_from == 0);
  CHECK(w.metric("streamdemo_history_bytes") <= 64 * 1024);
  CHECK(w.metric("streamdemo_history_bytes") > 48 * 1024);
}

TEST_CASE("many tasks of one size lose the oldest first, and a finished one that lost all still says how it ended") {
  histories_fixture w(64 * 1024);
  for (int i = 0; i < 100; ++i) {
    const auto id = "task-" + std::to_string(i), run = "run-" + std::to_string(i);
    w.apply({w.out.accepted(id), w.out.started(id, run), w.out.result(id, run, json_text(1000)), w.out.ended(id, run)});
  }
  CHECK(seqs(w.all->find("task-99")->read(0, 100, 1 << 20)) == list{1, 2, 3, 4});
  // The oldest of all is no longer told from an unknown id; of those that lost their events last, it is known.
  CHECK_FALSE(w.all->find("task-0"));
  int i = 99;
  while (i > 0 && !w.all->find("task-" + std::to_string(i))->read(0, 100, 1 << 20).events.empty()) --i;
  const auto emptied = w.all->find("task-" + std::to_string(i));
  REQUIRE(emptied);
  const auto b = emptied->read(0, 100, 1 << 20);
  CHECK(b.events.empty());
  CHECK(b.kept_from == 5);
  CHECK(b.ended);
  CHECK(emptied->view().status == task::status::succeeded);
  CHECK(w.metric("streamdemo_history_bytes") <= 64 * 1024);
}

TEST_CASE("what must be remembered of tasks takes room from their events, but never all of it") {
  histories_fixture w(64 * 1024);
  const auto run_tasks = [&](int from, int to) {
    for (int i = from; i < to; ++i) {
      const auto id = "task-" + std::to_string(i), run = "run-" + std::to_string(i);
      w.apply({w.out.accepted(id), w.out.started(id, run), w.out.result(id, run, "1"), w.out.ended(id, run)});
    }
  };
  run_tasks(0, 100);
  const auto kept = w.metric("streamdemo_histories");
  run_tasks(100, 150);
  CHECK(w.metric("streamdemo_histories") < kept);
  CHECK(w.metric("streamdemo_history_bytes") <= 64 * 1024);
  CHECK(w.metric("streamdemo_history_bytes") > 48 * 1024);
  run_tasks(150, 2000);
  CHECK(w.metric("streamdemo_history_bytes") > 64 * 1024);
  CHECK(seqs(w.all->find("task-1999")->read(0, 100, 1 << 20)) == list{1, 2, 3, 4});
}

TEST_CASE(
    "no further task has room once half of the memory is for tasks that must be remembered, until they are forgotten") {
  histories_fixture w(256 * 1024);
  int ended = 0;
  for (; w.all->has_room(1); ++ended) {
    REQUIRE(ended < 10'000);
    const auto id = "task-" + std::to_string(ended), run = "run-" + std::to_string(ended);
    w.apply({w.out.accepted(id), w.out.started(id, run), w.out.ended(id, run)});
  }
  CHECK(ended > 500);
  CHECK(w.metric("streamdemo_history_remembered_bytes") > 100 * 1024);
  CHECK(w.metric("streamdemo_history_remembered_bytes") <= 128 * 1024);
  CHECK(w.metric("streamdemo_history_bytes") <= 256 * 1024);
  // All are remembered, though most of them have no history any more.
  CHECK_FALSE(w.all->find("task-0"));
  const auto first = w.all->find_ended("task-0", "simulate");
  REQUIRE(first);
  CHECK(first->view().status == task::status::succeeded);
  CHECK(first->view().kind == "simulate");
  const auto b = first->read(0, 10, 1000);
  CHECK(b.kept_from == 4);
  CHECK(b.ended);
  CHECK_FALSE(w.all->find_ended("task-" + std::to_string(ended), "simulate"));
  w.clock.advance(std::chrono::minutes(12));
  w.all->sweep(w.clock.now());
  CHECK(w.all->has_room(10));
  CHECK_FALSE(w.all->find_ended("task-0", "simulate"));
}

TEST_CASE("open tasks take room, too") {
  histories_fixture w(256 * 1024);
  int open = 0;
  for (; w.all->has_room(1); ++open) w.apply({w.out.accepted("task-" + std::to_string(open))});
  CHECK(open > 30);
  CHECK(w.all->has_room(0));
  CHECK(w.metric("streamdemo_history_bytes") <= 256 * 1024);
}

TEST_CASE("keep_for after its end a history is removed, and is still told from an unknown id") {
  histories_fixture w;
  w.apply({w.out.accepted("a"), w.out.started("a", "r"), w.out.ended("a", "r"), w.out.accepted("open")});
  w.all->sweep(epoch + std::chrono::minutes(10));
  CHECK(w.all->find("a")->view().first_kept == 1);
  w.all->sweep(epoch + std::chrono::minutes(10) + base::milliseconds(1));
  const auto h = w.all->find("a");
  REQUIRE(h);
  CHECK(h->view().first_kept == 4);
  CHECK(h->view().status == task::status::succeeded);
  CHECK(h->read(0, 10, 1000).kept_from == 4);
  CHECK_FALSE(w.all->find("unknown"));
  CHECK(testing::newest(*w.all, std::nullopt, 10, any).size() == 1);
  CHECK(w.metric("streamdemo_histories") == 1);

  // From then on the same id may name a new task.
  w.out.time += std::chrono::minutes(11);
  w.apply({w.out.accepted("a", "other")});
  CHECK(w.all->find("a")->view().payload_hash == "other");
  CHECK(seqs(w.all->find("a")->read(0, 10, 1000)) == list{1});
}

TEST_CASE("a waiting subscriber is woken once per batch, and never after it is gone") {
  histories_fixture w;
  w.apply({w.out.accepted("a"), w.out.accepted("b")});
  turn(w);
  counting one, two, other;
  auto s1 = w.all->find("a")->subscribe(one, waits_for::news);
  auto s2 = w.all->find("a")->subscribe(two, waits_for::news);
  auto s3 = w.all->find("b")->subscribe(other, waits_for::news);
  w.apply({w.out.started("a", "r"), w.out.result("a", "r", "1"), w.out.result("a", "r", "2")});
  CHECK(one.times == 0);
  turn(w);
  CHECK(one.times == 1);
  CHECK(two.times == 1);
  CHECK(other.times == 0);
  s2.reset();
  w.apply({w.out.result("a", "r", "3")});
  s1.reset();
  turn(w);
  CHECK(one.times == 1);
  CHECK(two.times == 1);
}

TEST_CASE("a subscriber may end any subscription, and begin new ones, while it is told") {
  histories_fixture w;
  w.apply({w.out.accepted("a"), w.out.started("a", "r")});
  const auto h = w.all->find("a");
  constexpr std::size_t n = 5;
  for (std::size_t killer = 0; killer < n; ++killer) {
    for (std::size_t victim = 0; victim < n; ++victim) {
      std::array<counting, n> who;
      counting late;
      std::array<std::unique_ptr<subscription>, n> all;
      std::unique_ptr<subscription> extra;
      for (std::size_t i = 0; i < n; ++i) all[i] = h->subscribe(who[i], waits_for::news);
      who[killer].then = [&] {
        all[victim].reset();
        all[(victim + 1) % n].reset();
        extra = h->subscribe(late, waits_for::news);
      };
      w.apply({w.out.result("a", "r", "1")});
      turn(w);
      for (std::size_t i = 0; i < n; ++i) {
        // Told newest first: whoever was ended before its turn is not told.
        const bool ended = i == victim || i == (victim + 1) % n;
        CHECK(who[i].times == (ended && i < killer ? 0 : 1));
      }
      CHECK(late.times == 0);
    }
  }
}

TEST_CASE("who waits for a task that is not there yet hears of it, and only of it") {
  histories_fixture w(1 << 20, 1, 2);
  counting one, two, three;
  auto s1 = w.all->await_task("a", one);
  auto s2 = w.all->await_task("b", two);
  CHECK(w.all->await_task("c", three) == nullptr);
  w.apply({w.out.accepted("a")});
  turn(w);
  CHECK(one.times == 1);
  CHECK(two.times == 0);
  s1.reset();
  CHECK(w.all->await_task("c", three) != nullptr);
}

TEST_CASE("waiting as a coroutine gives what reading again and again would") {
  histories_fixture w;
  const auto far = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  w.loops.start();
  const auto ex = w.loops.executor(0);
  auto unknown = testing::on_loop(ex, wait_for_task(*w.all, "a", std::chrono::steady_clock::now()));
  CHECK(unknown.get().value() == nullptr);
  auto task = testing::on_loop(ex, wait_for_task(*w.all, "a", far));
  asio::post(ex, [&] { w.apply({w.out.accepted("a")}); });
  const auto h = task.get().value();
  REQUIRE(h);
  CHECK(testing::on_loop(ex, wait_for_news(h, 0, far)).get());
  CHECK_FALSE(testing::on_loop(ex, wait_for_news(h, 1, std::chrono::steady_clock::now())).get());
  auto news = testing::on_loop(ex, wait_for_news(h, 1, far));
  asio::post(ex, [&] { w.apply({w.out.canceled("a")}); });
  CHECK(news.get());
  CHECK(testing::on_loop(ex, wait_for_news(h, 7, far)).get());
}

TEST_CASE("a partition that is folded anew goes on where its histories were and gives up what the log lost") {
  histories_fixture w;
  const std::vector<base::record_ptr> log{w.out.accepted("a"), w.out.started("a", "r"), w.out.result("a", "r", "1")};
  w.apply(log);
  const auto h = w.all->find("a");
  const auto before = h->read(0, 10, 1000).events;
  const auto partition = log[0]->partition;
  std::string same;  // another task of the same partition
  for (int i = 0; same.empty() || base::partition_for(same, partitions) != partition; ++i) same = std::to_string(i);
  w.apply({w.out.accepted(same)});
  const auto gone = w.all->find(same);
  counting s;
  const auto waiting = gone->subscribe(s, waits_for::news);

  w.all->restart(partition);
  w.apply(log);
  w.apply({w.out.result("a", "r", "2")});
  w.all->finish_restart(partition);
  turn(w);
  CHECK(w.all->find("a") == h);
  const auto after = h->read(0, 10, 1000).events;
  REQUIRE(after.size() == 4);
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(after[i] == before[i]);
  CHECK(gone->read(1, 10, 1000).lost);
  CHECK(s.times == 1);
  CHECK(w.all->open_tasks() == 1);
}

TEST_CASE("a step of a broker's clock does not move the time by which tasks are judged") {
  using namespace std::chrono_literals;
  histories_fixture w;
  CHECK(w.all->bus_now() == w.clock.now());
  w.all->begin_bus_clock(epoch + 3s, 0s);
  CHECK(w.all->bus_now() == epoch + 3s);
  w.clock.advance(60s);
  for (const auto step : {1h, -1h}) {
    auto r = *w.out.accepted(step > 0s ? "ahead" : "behind");
    r.log_time = epoch + 63s + step;
    w.apply({std::make_shared<base::record>(r)});
    CHECK(w.all->bus_now() > epoch + 62s);
    CHECK(w.all->bus_now() < epoch + 64s);
  }
}

TEST_CASE(
    "what ends while a broker's clock is an hour behind is kept as long as anything else, and told to have ended") {
  using namespace std::chrono_literals;
  histories_fixture w;
  w.all->begin_bus_clock(epoch, 0s);
  w.clock.advance(60s);
  const auto written = [&](base::record_ptr r, base::microseconds ahead) {
    auto copy = *r;
    copy.log_time = w.clock.now() + ahead;
    w.apply({std::make_shared<base::record>(std::move(copy))});
  };
  std::vector<std::string> ids;
  for (int i = 0; ids.size() < 4; ++i) {
    auto id = "task-" + std::to_string(i);
    if (base::partition_for(id, partitions) == 0) ids.push_back(std::move(id));
  }
  for (const auto step : {0h, -1h, 1h, 0h}) {
    const auto id = ids.back();
    ids.pop_back();
    written(w.out.accepted(id), step);
    written(w.out.started(id, "r-" + id), step);
    written(w.out.ended(id, "r-" + id), step);
    w.clock.advance(1s);
    w.all->sweep(w.all->bus_now());
    REQUIRE(w.all->find(id));
    CHECK(w.all->find(id)->view().first_kept == 1);
    CHECK(w.all->find(id)->view().kept_since > w.clock.now() - 2s);
    CHECK(w.all->find(id)->view().kept_since <= w.all->bus_now());
    CHECK(w.all->find_ended(id, "simulate"));
    w.clock.advance(11min);
    w.all->sweep(w.all->bus_now());
    const auto left = w.all->find(id);
    CHECK((left == nullptr || left->view().first_kept > 1));
  }
}

TEST_CASE("who waits for the end hears nothing before it, and costs the loop nothing") {
  histories_fixture w;
  w.apply({w.out.accepted("a"), w.out.started("a", "r1")});
  counting for_end, for_news;
  const auto end = w.all->find("a")->subscribe(for_end, waits_for::end);
  for (int i = 0; i < 5; ++i) {
    w.apply({w.out.result("a", "r1", "1")});
    CHECK(asio::query(w.loops.executor(0), asio::execution::context).poll() == 0);
  }
  const auto news = w.all->find("a")->subscribe(for_news, waits_for::news);
  w.apply({w.out.result("a", "r1", "1")});
  turn(w);
  CHECK(for_news.times == 1);
  CHECK(for_end.times == 0);
  w.apply({w.out.ended("a", "r1")});
  turn(w);
  CHECK(for_news.times == 2);
  CHECK(for_end.times == 1);
}

TEST_CASE("its observer hears of runs and of offers, and of the runs again when a partition is read anew") {
  struct listening final : task_observer {
    void on_accepted(const history_ptr& h, std::optional<std::int64_t> offset) noexcept override {
      heard += "+" + h->view().request_id + (offset ? "" : "?");
    }
    void on_over(const history_ptr& h) noexcept override { heard += "-" + h->view().request_id; }
    void on_deleted(const std::string&) noexcept override {}
    void on_run(const std::string& id, const std::string& source, base::sys_time) noexcept override {
      heard += " " + id + "@" + source;
    }
    void on_offer(const task::message_view& m, base::milliseconds age) noexcept override {
      heard += fmt::format(" {} {} {}", m.source, m.payload, age.count());
    }
    std::string heard;
  } all;
  const auto told = [&all] { return std::exchange(all.heard, {}); };
  histories_fixture w;
  w.all->observe(&all);
  const std::vector<base::record_ptr> log{w.out.accepted("a"), w.out.started("a", "r")};
  w.apply(log);
  CHECK(told() == "+a a@processor/p");
  w.all->restart(log[0]->partition);
  w.apply(log);
  CHECK(told() == "+a a@processor/p");
  w.apply({w.out.of_run(message_type::released, "a", "r", "{}"), w.out.started("a", "r2", "r")});
  CHECK(told() == " a@ a@processor/p");
  w.apply({w.out.ended("a", "r2")});
  CHECK(told() == "-a");
  const auto says = [&](std::string payload) {
    return w.out.record(w.out.message(message_type::alive, "", std::move(payload)));
  };
  const auto offer = says("an offer");
  w.clock.advance(std::chrono::milliseconds(1500));
  w.apply({says("{}"), says(""), offer});
  CHECK(told() == " processor/p an offer 1500");
  w.all->observe(nullptr);
}

TEST_CASE("who waits for the end hears it too when the log has lost the task") {
  histories_fixture w;
  w.apply({w.out.accepted("a")});
  counting lost, gone;
  const auto h = w.all->find("a");
  const auto first = h->subscribe(lost, waits_for::end);
  auto second = h->subscribe(gone, waits_for::end);
  second.reset();
  const auto partition = base::partition_for("a", partitions);
  w.all->restart(partition);
  w.all->finish_restart(partition);
  turn(w);
  CHECK(lost.times == 1);
  CHECK(gone.times == 0);
  CHECK(h->is_over());
}

TEST_CASE("how many results count and how large they are is known at any time") {
  histories_fixture w;
  const auto size = [&](std::int64_t after, std::size_t n) {
    std::uint64_t bytes = 0;
    for (const auto& e : w.all->find("a")->read(after, n, SIZE_MAX).events) {
      if (e->type() == message_type::result) bytes += e->json().size();
    }
    return bytes;
  };
  w.apply({w.out.accepted("a"), w.out.started("a", "r1"), w.out.result("a", "r1", "1"), w.out.result("a", "r1", "22")});
  CHECK(w.all->find("a")->view().results == 2);
  CHECK(w.all->find("a")->view().result_bytes == size(0, 100));
  // A run that resumes adds to them, one that begins anew starts over.
  w.apply({w.out.started("a", "r2", "r1", true), w.out.result("a", "r2", "333")});
  CHECK(w.all->find("a")->view().results == 3);
  CHECK(w.all->find("a")->view().result_bytes == size(0, 100));
  w.apply({w.out.started("a", "r3", "r2")});
  CHECK(w.all->find("a")->view().results == 0);
  CHECK(w.all->find("a")->view().result_bytes == 0);
  w.apply(
      {w.out.of_run(message_type::log, "a", "r3", "\"x\""), w.out.result("a", "r3", "4444"), w.out.ended("a", "r3")});
  CHECK(w.all->find("a")->view().results == 1);
  CHECK(w.all->find("a")->view().result_bytes == size(w.all->find("a")->view().results_begin, 100));
}

TEST_CASE("what is deleted is found no more, in memory or as a memory, and whoever reads it sees a gap") {
  histories_fixture w;
  const auto deleted = [&](const std::string& id) {
    return w.out.record(w.out.message(message_type::deleted, id, "{}"));
  };
  w.apply({w.out.accepted("a"), w.out.started("a", "r"), deleted("a")});
  REQUIRE(w.all->find("a"));
  CHECK(w.all->find("a")->read(0, 10, 1000).events.size() == 2);
  w.apply({w.out.result("a", "r", "1"), w.out.ended("a", "r")});
  const auto h = w.all->find("a");
  counting reader;
  const auto waiting = h->subscribe(reader, waits_for::news);
  const auto full = w.metric("streamdemo_history_bytes");
  w.apply({deleted("a")});
  turn(w);
  CHECK(reader.times == 1);
  CHECK(w.all->find("a") == nullptr);
  CHECK(testing::newest(*w.all, std::nullopt, 10, any).empty());
  CHECK(h->read(1, 10, 1000).events.empty());
  CHECK(h->read(1, 10, 1000).kept_from == 5);
  CHECK(w.metric("streamdemo_history_bytes") < full);
  CHECK(w.metric("streamdemo_tasks_deleted_total") == 1);
  REQUIRE(w.all->find_ended("a", "simulate"));
  CHECK(w.all->find_ended("a", "simulate")->view().deleted);

  // One whose events are gone already, but not the memory that it was there.
  w.apply({w.out.accepted("b"), w.out.canceled("b")});
  w.all->sweep(w.out.time + std::chrono::hours(1));
  REQUIRE(w.all->find("b"));
  w.apply({deleted("b")});
  CHECK(w.all->find("b") == nullptr);
}

TEST_CASE("a task that waits has the place in the queue that was told last, until it begins") {
  histories_fixture w;
  w.apply({w.out.accepted("a"), w.out.accepted("b"), w.out.started("b", "r")});
  const auto a = w.all->find("a");
  const auto b = w.all->find("b");
  CHECK(!a->moment().in_queue);
  const auto tell = [&](std::uint32_t ahead) {
    const std::vector<queued_task> places{{"a", {.ahead = ahead}}, {"b", {.ahead = ahead}}, {"unknown", {}}};
    w.all->tell_places(places);
  };
  tell(3);
  REQUIRE(a->moment().in_queue);
  CHECK(a->moment().in_queue->ahead == 3);
  CHECK(!b->moment().in_queue);
  const auto version = a->read(1, 10, 1000).in_queue->version;
  tell(2);
  CHECK(a->read(1, 10, 1000).in_queue->ahead == 2);
  CHECK(a->read(1, 10, 1000).in_queue->version != version);
  w.apply({w.out.started("a", "r")});
  CHECK(!a->moment().in_queue);
  CHECK(!a->read(1, 10, 1000).in_queue);
}
