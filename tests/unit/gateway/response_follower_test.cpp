#include "gateway/history/response_follower.hpp"

#include <doctest/doctest.h>
#include <streamdemo/base/partition.hpp>

#include <boost/asio/co_spawn.hpp>

#include "gateway/history/store/event_store.hpp"
#include "unit/gateway/log_records.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

namespace {

using streamdemo::bus::read_item;
using batch = base::result<std::vector<read_item>>;

// What the reader says, and what it was asked for.
struct script {
  explicit script(base::executor ex) : news(ex) {}
  void say(batch b) {
    batches.push_back(std::move(b));
    news.notify_all();
  }
  std::deque<batch> batches;
  std::vector<std::pair<std::int32_t, base::sys_time>> followed;
  std::vector<std::pair<std::int32_t, std::int64_t>> continued;
  std::vector<std::int32_t> unfollowed;
  bool closed = false;
  base::notifier news;
};

class scripted_reader final : public streamdemo::bus::reader {
 public:
  explicit scripted_reader(script& s) : script_(s) {}
  void follow(streamdemo::bus::partition_id p, streamdemo::bus::read_start from) override {
    if (const auto* offset = std::get_if<streamdemo::bus::from_offset>(&from)) {
      script_.continued.emplace_back(p.partition, offset->offset);
    } else {
      script_.followed.emplace_back(p.partition, std::get<streamdemo::bus::from_time>(from).at);
    }
    script_.news.notify_all();
  }
  void unfollow(const streamdemo::bus::partition_id& p) override { script_.unfollowed.push_back(p.partition); }
  base::awaitable<batch> receive(std::size_t) override {
    while (script_.batches.empty() && !script_.closed) co_await script_.news.wait();
    if (script_.closed) co_return base::error{base::errc::closed, "closed"};
    auto b = std::move(script_.batches.front());
    script_.batches.pop_front();
    co_return b;
  }
  void close() override {
    script_.closed = true;
    script_.news.notify_all();
  }
  base::awaitable<streamdemo::bus::drain_report> drain(base::steady_time) override {
    co_return streamdemo::bus::drain_report{};
  }

 private:
  script& script_;
};

class scripted_bus final : public streamdemo::bus::bus {
 public:
  explicit scripted_bus(script& s) : script_(s) {}
  base::awaitable<base::result<void>> ensure_topics(std::vector<streamdemo::bus::topic_spec>) override {
    co_return base::result<void>{};
  }
  base::awaitable<base::result<std::int64_t>> end_offset(streamdemo::bus::partition_id) override { co_return 0; }
  bool writes_together() const noexcept override { return false; }
  std::unique_ptr<streamdemo::bus::producer> make_producer(base::executor) override { return nullptr; }
  std::unique_ptr<streamdemo::bus::shared_consumer> join(base::executor, streamdemo::bus::group_options) override {
    return nullptr;
  }
  std::unique_ptr<streamdemo::bus::reader> make_reader(base::executor, streamdemo::bus::reader_options) override {
    return std::make_unique<scripted_reader>(script_);
  }

 private:
  script& script_;
};

constexpr std::int32_t partitions = 2;

// A store that is still there for the next gateway.
class shared_store final : public event_store {
 public:
  explicit shared_store(event_store& of) : of_(of) {}
  base::result<opened> open(std::string_view shape) override { return of_.open(shape); }
  base::result<void> put_aside() override { return of_.put_aside(); }
  base::result<void> write(std::span<const change> c, std::span<const note> n) override { return of_.write(c, n); }
  base::result<void> read_notes(std::string_view after, const note_reader& f) const override {
    return of_.read_notes(after, f);
  }
  base::result<std::vector<task::event_ptr>> read(std::string_view name, std::int64_t after, std::size_t events,
                                                  std::size_t bytes) const override {
    return of_.read(name, after, events, bytes);
  }
  base::result<void> erase_before(base::sys_time, bool) override { return {}; }
  base::result<void> recover(std::span<const change>, bool) override { return {}; }
  std::uint64_t disk_bytes() const override { return 0; }
  std::size_t memory_bytes() const noexcept override { return 0; }

 private:
  event_store& of_;
};

struct follower_fixture {
  explicit follower_fixture(event_store* disk = nullptr) : store(disk) {
    if (disk == nullptr) return;
    bool opened = false;
    asio::co_spawn(loops.executor(0), all->open(), [&](std::exception_ptr, const base::result<void>& r) {
      opened = true;
      CHECK(r.has_value());
    });
    turn_until([&] { return opened; });
  }

  base::logger log{"test", base::log_level::off};
  base::metrics metrics;
  testing::hand_clock clock;
  base::io_threads loops{1, "test"};
  testing::log_writer out{partitions};
  script said{loops.executor(0)};
  scripted_bus bus{said};
  event_store* store;
  std::unique_ptr<histories> all =
      make_histories({.max_bytes = 1 << 20, .keep_for = 1h, .partitions = partitions}, loops, clock, metrics, log,
                     store ? std::make_unique<shared_store>(*store) : nullptr);
  response_follower follower{
      {.topic = "response", .partitions = partitions, .window = 2h, .retry = 1ms}, bus, *all, loops.executor(0), log};

  template <class F>
  void turn_until(F done) {
    const auto by = std::chrono::steady_clock::now() + 20s;
    while (!done()) {
      REQUIRE(std::chrono::steady_clock::now() < by);
      asio::query(loops.executor(0), asio::execution::context).run_one_for(50ms);
    }
  }

  ~follower_fixture() {
    bool stopped = false;
    asio::co_spawn(loops.executor(0), follower.stop(std::chrono::steady_clock::now()),
                   [&](std::exception_ptr) { stopped = true; });
    turn_until([&] { return stopped; });
  }
};

read_item caught_up(std::int32_t p) {
  return streamdemo::bus::caught_up{{"response", p}};
}

}  // namespace

TEST_CASE("every partition is read from far enough back, and caught up is when all have reached their end") {
  follower_fixture w;
  w.follower.start();
  CHECK(w.said.followed ==
        std::vector<std::pair<std::int32_t, base::sys_time>>{{0, testing::epoch - 2h}, {1, testing::epoch - 2h}});
  CHECK(w.follower.behind() == 2);
  w.said.say(std::vector<read_item>{w.out.accepted("a"), caught_up(0)});
  w.turn_until([&] { return w.follower.behind() == 1; });
  CHECK(w.all->find("a"));
  w.said.say(std::vector<read_item>{caught_up(1), w.out.accepted("b")});
  w.turn_until([&] { return w.follower.behind() == 0; });
  w.turn_until([&] { return w.all->find("b") != nullptr; });
}

TEST_CASE("what was folded of a partition is known by its offsets, and by its end where it had no record to read") {
  follower_fixture w;
  w.follower.start();
  const auto record = w.out.accepted("a");
  const auto p = record->partition;
  std::vector<std::pair<int, bool>> said;
  const auto ask = [&](int number, std::int32_t partition, std::int64_t offset, base::steady_time until) {
    asio::co_spawn(w.loops.executor(0), w.follower.has_folded(partition, offset, until),
                   [&said, number](std::exception_ptr, bool yes) { said.emplace_back(number, yes); });
  };
  ask(1, p, record->offset + 1, std::chrono::steady_clock::now() + 20s);
  ask(2, 1 - p, 7, std::chrono::steady_clock::now() + 20s);
  w.said.say(std::vector<read_item>{record});
  w.said.say(std::vector<read_item>{caught_up(p)});
  w.turn_until([&] { return said.size() == 1; });
  CHECK(said[0] == std::pair(1, true));
  w.said.say(std::vector<read_item>{streamdemo::bus::caught_up{{"response", 1 - p}, 7}});
  w.turn_until([&] { return said.size() == 2; });
  CHECK(said[1] == std::pair(2, true));
  ask(3, 1 - p, 8, std::chrono::steady_clock::now() + 1ms);
  w.turn_until([&] { return said.size() == 3; });
  CHECK(said[2] == std::pair(3, false));
}

TEST_CASE("a failed read is tried again") {
  follower_fixture w;
  w.follower.start();
  w.said.say(base::error{base::errc::unavailable, "away"});
  w.said.say(std::vector<read_item>{caught_up(0), caught_up(1)});
  w.turn_until([&] { return w.follower.behind() == 0; });
}

TEST_CASE("a lost position folds that partition anew: unready meanwhile, then the same histories") {
  follower_fixture w;
  w.follower.start();
  const std::vector<base::record_ptr> log{w.out.accepted("a"), w.out.started("a", "r"), w.out.result("a", "r", "1")};
  const auto p = log[0]->partition;
  std::string other;  // a task of the same partition whose records are gone the second time
  for (int i = 0; other.empty() || streamdemo::base::partition_for(other, partitions) != p; ++i)
    other = std::to_string(i);
  w.said.say(std::vector<read_item>{log[0], log[1], log[2], w.out.accepted(other), caught_up(0), caught_up(1)});
  w.turn_until([&] { return w.follower.behind() == 0; });
  const auto h = w.all->find("a");
  const auto before = h->read(0, 10, 1000).events;
  const auto gone = w.all->find(other);

  w.said.say(std::vector<read_item>{streamdemo::bus::position_lost{{"response", p}, "retention"}});
  w.turn_until([&] { return w.said.followed.size() == 3; });
  CHECK(w.said.followed[2].first == p);
  CHECK(w.follower.behind() == 1);
  CHECK_FALSE(gone->read(1, 10, 1000).lost);
  w.said.say(std::vector<read_item>{log[0], log[1], log[2], w.out.result("a", "r", "2"), caught_up(p)});
  w.turn_until([&] { return w.follower.behind() == 0; });
  CHECK(w.all->find("a") == h);
  const auto after = h->read(0, 10, 1000).events;
  REQUIRE(after.size() == 4);
  CHECK(std::equal(before.begin(), before.end(), after.begin()));
  CHECK(gone->read(1, 10, 1000).lost);
  CHECK(w.all->open_tasks() == 1);
}

TEST_CASE("what a store knows is not read again: the log goes on after its last record") {
  const auto disk = make_memory_store();
  std::vector<base::record_ptr> log;
  std::int32_t p = 0;
  {
    follower_fixture w(disk.get());
    w.follower.start();
    log = {w.out.accepted("a"), w.out.started("a", "r"), w.out.result("a", "r", "1"), w.out.result("a", "r", "2")};
    p = log[0]->partition;
    w.said.say(std::vector<read_item>{log[0], log[1], log[2], caught_up(0), caught_up(1)});
    w.turn_until([&] { return w.follower.behind() == 0; });
  }
  follower_fixture w(disk.get());
  CHECK(w.all->find("a")->last_seq() == 3);
  w.follower.start();
  CHECK(w.said.continued == std::vector<std::pair<std::int32_t, std::int64_t>>{{p, 2}});
  CHECK(w.said.followed == std::vector<std::pair<std::int32_t, base::sys_time>>{{1 - p, testing::epoch - 2h}});
  w.said.say(std::vector<read_item>{log[2], log[3], caught_up(p), caught_up(1 - p)});
  w.turn_until([&] { return w.follower.behind() == 0; });
  CHECK(w.all->find("a")->last_seq() == 4);
}

TEST_CASE("a store that knows another log is of no use: the partition is read from far back") {
  const auto disk = make_memory_store();
  std::int32_t p = 0;
  {
    follower_fixture w(disk.get());
    w.follower.start();
    const auto a = w.out.accepted("a");
    p = a->partition;
    w.said.say(std::vector<read_item>{a, w.out.started("a", "r"), caught_up(0), caught_up(1)});
    w.turn_until([&] { return w.follower.behind() == 0; });
  }
  follower_fixture w(disk.get());
  w.follower.start();
  const auto a = w.out.accepted("a", "another log");
  const auto b = w.out.started("a", "r2");
  REQUIRE(b->offset == 1);
  w.said.say(std::vector<read_item>{b, w.out.result("a", "r2", "1"), caught_up(p), caught_up(1 - p)});
  w.turn_until([&] { return w.said.followed.size() == 2; });
  CHECK(w.said.unfollowed == std::vector<std::int32_t>{p});
  CHECK(w.said.followed[1].first == p);
  CHECK(w.follower.behind() == 1);
  w.said.say(std::vector<read_item>{a, b, caught_up(p)});
  w.turn_until([&] { return w.follower.behind() == 0; });
  CHECK(w.all->find("a")->last_seq() == 2);
}
