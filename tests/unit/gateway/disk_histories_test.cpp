// Histories whose memory is a cache over a store: what readers see when it is slow, fails, or is full.
#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>

#include <condition_variable>
#include <mutex>

#include "gateway/history/histories.hpp"
#include "gateway/history/history_disk.hpp"
#include "unit/gateway/log_records.hpp"
#include "unit/gateway/newest.hpp"
#include "unit/gateway/turn_until.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using streamdemo::gateway::testing::hand_clock;
using streamdemo::gateway::testing::log_writer;

namespace {

constexpr std::int32_t partitions = 4;
constexpr std::size_t max_bytes = 1 << 20;

// A memory store whose writes can be held up, and which fails on demand. Any thread.
class trying_store final : public event_store {
 public:
  base::result<opened> open(std::string_view shape) override {
    if (open_fails) return base::error{base::errc::no_space, "open"};
    return store_->open(shape);
  }
  base::result<void> put_aside() override { return store_->put_aside(); }
  base::result<void> read_notes(std::string_view after, const note_reader& f) const override {
    return store_->read_notes(after, f);
  }
  base::result<void> write(std::span<const change> changes, std::span<const note> notes) override {
    std::unique_lock lock(mutex_);
    passed_.wait(lock, [&] { return !held_; });
    if (write_fails) return base::error{write_error, "write"};
    return store_->write(changes, notes);
  }
  base::result<std::vector<task::event_ptr>> read(std::string_view name, std::int64_t after, std::size_t max_events,
                                                  std::size_t bytes) const override {
    ++reads;
    if (read_fails) return base::error{base::errc::io, "read"};
    return store_->read(name, after, max_events, bytes);
  }
  base::result<void> erase_before(base::sys_time at, bool all) override { return store_->erase_before(at, all); }
  base::result<void> recover(std::span<const change> erasures, bool everything) override {
    if (write_error == base::errc::corrupt && everything) write_fails = false;
    if (write_fails || open_fails) return base::error{write_error, "recover"};
    return store_->recover(erasures, everything);
  }
  std::uint64_t disk_bytes() const override { return store_->disk_bytes(); }
  std::size_t memory_bytes() const noexcept override { return 0; }

  void hold(bool yes) {
    {
      const std::lock_guard lock(mutex_);
      held_ = yes;
    }
    passed_.notify_all();
  }

  std::atomic<bool> open_fails = false, write_fails = false, read_fails = false;
  std::atomic<base::errc> write_error = base::errc::no_space;
  mutable std::atomic<int> reads = 0;

 private:
  std::unique_ptr<event_store> store_ = make_memory_store();
  std::mutex mutex_;
  std::condition_variable passed_;
  bool held_ = false;
};

struct disk_fixture {
  explicit disk_fixture(std::uint64_t max_disk_bytes = std::uint64_t{1} << 30, bool open_fails = false)
      : loops(1, "test") {
    auto made = std::make_unique<trying_store>();
    store = made.get();
    store->open_fails = open_fails;
    all = make_histories({.max_bytes = max_bytes,
                          .keep_for = std::chrono::minutes(10),
                          .partitions = partitions,
                          .max_disk_bytes = max_disk_bytes},
                         loops, clock, metrics, log, std::move(made));
    bool opened = false;
    asio::co_spawn(loops.executor(0), all->open(), [&](std::exception_ptr, const base::result<void>& r) {
      opened = true;
      CHECK(r.has_value());
    });
    turn_until([&] { return opened; });
  }
  ~disk_fixture() { store->hold(false); }

  template <class F>
  void turn_until(F done) {
    testing::turn_until(loops, done);
  }
  void apply(std::vector<base::record_ptr> records) { all->apply(records); }
  void sweep(int times = 1) {
    for (int i = 0; i < times; ++i) all->sweep(all->bus_now());
  }

  // A task whose run begins; and `n` results of 10 kB.
  void begin(const std::string& id) { apply({out.accepted(id), out.started(id, "run " + id)}); }
  void add(const std::string& id, int n) {
    std::string text(10'000, 'x');
    text.front() = text.back() = '"';
    for (int i = 0; i < n; ++i) apply({out.result(id, "run " + id, text)});
  }
  void end(const std::string& id) { apply({out.ended(id, "run " + id)}); }
  // As the follower of the log does: no record while it is full.
  void add_as_read(const std::string& id, int n) {
    for (int i = 0; i < n; ++i) {
      turn_until([&] { return !all->is_full(); });
      add(id, 1);
    }
  }
  void wait_until_written() {
    turn_until([&] { return metric("streamdemo_history_disk_waiting_events") == 0; });
  }

  double metric(const std::string& line) const {
    const auto text = metrics.expose();
    const auto at = text.find("\n" + line + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + line.size() + 2));
  }

  struct seen {
    std::vector<std::int64_t> seqs;
    std::vector<std::int64_t> gaps;  // kept_from of each
    bool ended = false;
    bool operator==(const seen&) const = default;
  };
  // What a reader gets from `after` until there is nothing more.
  seen read(const std::string& id, std::int64_t after = 0) {
    const auto h = all->find(id);
    REQUIRE(h);
    seen s;
    for (;;) {
      auto b = h->read(after, 100, 50'000);
      if (b.on_disk && b.kept_from == 0) b = from_disk(h, after);
      if (b.kept_from != 0) {
        s.gaps.push_back(b.kept_from);
        after = b.kept_from - 1;
      }
      for (const auto& e : b.events) s.seqs.push_back(after = e->seq());
      s.ended = b.ended;
      if (b.events.empty() && b.kept_from == 0) return s;
    }
  }
  history::batch from_disk(const history_ptr& h, std::int64_t after) {
    std::optional<history::batch> found;
    asio::co_spawn(loops.executor(0), read_from_disk(h, after, 100, 50'000),
                   [&](std::exception_ptr why, history::batch b) {
                     CHECK_FALSE(why);
                     found.emplace(std::move(b));
                   });
    turn_until([&] { return found.has_value(); });
    return std::move(*found);
  }

  base::logger log{"test", base::log_level::off};
  base::metrics metrics;
  hand_clock clock;
  base::io_threads loops;
  log_writer out{partitions};
  std::unique_ptr<histories> all;
  trying_store* store = nullptr;
};

disk_fixture::seen everything(std::int64_t through, bool ended) {
  disk_fixture::seen s;
  for (std::int64_t n = 1; n <= through; ++n) s.seqs.push_back(n);
  s.ended = ended;
  return s;
}

}  // namespace

TEST_CASE("many times what memory holds is read without a gap, while it goes on and after its end") {
  disk_fixture w;
  w.begin("a");
  w.add_as_read("a", 500);
  CHECK(w.read("a") == everything(502, false));
  CHECK(w.store->reads > 0);
  w.end("a");
  CHECK(w.read("a") == everything(503, true));
  CHECK(w.read("a", 502).seqs == std::vector<std::int64_t>{503});
  CHECK(w.all->find("a")->view().first_kept == 1);
  CHECK(w.metric("streamdemo_history_events_dropped_total") == 0);
  CHECK(w.metric("streamdemo_history_bytes") <= max_bytes);
}

TEST_CASE("an event stays in memory until it is written, and the log waits instead") {
  disk_fixture w;
  w.store->hold(true);
  w.begin("a");
  int n = 0;
  for (; !w.all->is_full(); ++n) w.add("a", 1);
  CHECK(n > 10);
  CHECK(n < 60);
  w.add("a", 80);  // what was under way when it became full
  CHECK(w.metric("streamdemo_history_events_dropped_total") == 0);
  CHECK_FALSE(w.all->find("a")->read(0, 1, 1).on_disk);
  w.store->hold(false);
  w.turn_until([&] { return !w.all->is_full(); });
  CHECK(w.read("a") == everything(n + 82, false));
}

TEST_CASE("who waits for room is woken when something was written") {
  disk_fixture w;
  w.store->hold(true);
  w.begin("a");
  while (!w.all->is_full()) w.add("a", 1);
  bool woken = false;
  asio::co_spawn(w.loops.executor(0), w.all->wait_for_room(std::chrono::steady_clock::now() + std::chrono::minutes(1)),
                 [&](std::exception_ptr) { woken = true; });
  w.store->hold(false);
  w.turn_until([&] { return woken; });
  CHECK_FALSE(w.all->is_full());
}

TEST_CASE("a disk that is full makes it a gateway of memory alone, until the disk takes events again") {
  disk_fixture w;
  w.begin("a");
  w.add_as_read("a", 300);
  w.wait_until_written();
  w.store->write_fails = true;
  w.add("a", 1);
  w.turn_until([&] { return w.metric("streamdemo_history_disk_works") == 0; });
  w.add("a", 500);
  CHECK_FALSE(w.all->is_full());
  CHECK(w.metric("streamdemo_history_disk_errors_total{what=\"write\"}") == 1);
  const auto seen = w.read("a");
  CHECK(seen.gaps.size() == 1);
  CHECK(seen.seqs.back() == 803);
  CHECK(w.metric("streamdemo_history_events_dropped_total") > 0);

  w.sweep(history_disk::retry);
  w.turn_until([&] { return w.metric("streamdemo_history_disk_errors_total{what=\"write\"}") == 2; });
  w.store->write_fails = false;
  w.sweep(history_disk::retry);
  w.turn_until([&] { return w.metric("streamdemo_history_disk_works") == 1; });
  const auto from = w.all->find("a")->view().first_kept;
  w.add_as_read("a", 500);
  const auto later = w.read("a");
  CHECK(later.gaps == std::vector<std::int64_t>{from});
  CHECK(later.seqs.front() == from);
  CHECK(later.seqs.back() == 1303);
}

TEST_CASE("a task that lost nothing while the disk failed has no gap afterwards") {
  disk_fixture w;
  w.begin("a");
  w.add_as_read("a", 300);
  w.wait_until_written();
  w.store->write_fails = true;
  w.add("a", 10);
  w.turn_until([&] { return w.metric("streamdemo_history_disk_works") == 0; });
  CHECK(w.read("a") == everything(312, false));
  w.store->write_fails = false;
  w.sweep(history_disk::retry);
  w.turn_until([&] { return w.metric("streamdemo_history_disk_works") == 1; });
  w.add_as_read("a", 300);
  CHECK(w.read("a") == everything(612, false));
}

TEST_CASE("a damaged store is read as far as it can be, and written again once nothing of it is kept") {
  disk_fixture w;
  w.begin("a");
  w.add_as_read("a", 300);
  w.wait_until_written();
  w.store->write_error = base::errc::corrupt;
  w.store->write_fails = true;
  w.add("a", 10);
  w.turn_until([&] { return w.metric("streamdemo_history_disk_works") == 0; });
  CHECK(w.metric("streamdemo_history_disk_damaged") == 1);
  CHECK(w.read("a") == everything(312, false));
  w.sweep(10 * history_disk::retry);
  CHECK(w.metric("streamdemo_history_disk_errors_total{what=\"write\"}") == 1);
  CHECK(w.read("a") == everything(312, false));

  w.add("a", 600);  // what is on disk does not reach to what is in memory any more
  w.begin("b");
  w.sweep(history_disk::retry);
  w.turn_until([&] { return w.metric("streamdemo_history_disk_works") == 1; });
  CHECK(w.metric("streamdemo_history_disk_damaged") == 0);
  w.add_as_read("b", 300);
  CHECK(w.read("b") == everything(302, false));
}

TEST_CASE("a write that never returns stops nothing") {
  disk_fixture w;
  w.store->hold(true);
  w.begin("a");
  while (!w.all->is_full()) w.add("a", 1);
  w.sweep(history_disk::patience);
  CHECK(w.all->is_full());
  w.sweep();
  CHECK_FALSE(w.all->is_full());
  w.add("a", 500);
  CHECK(w.metric("streamdemo_history_bytes") <= max_bytes);
  CHECK(w.metric("streamdemo_history_disk_works") == 0);
  w.store->hold(false);
  w.sweep(history_disk::retry);
  w.turn_until([&] { return w.metric("streamdemo_history_disk_works") == 1; });
  const auto from = w.all->find("a")->view().first_kept;
  w.add_as_read("a", 300);
  CHECK(w.read("a").gaps == std::vector<std::int64_t>{from});
}

TEST_CASE("a full disk at the start is tried again") {
  disk_fixture w(1 << 30, true);
  CHECK(w.metric("streamdemo_history_disk_works") == 0);
  w.begin("a");
  w.add("a", 20);
  CHECK_FALSE(w.all->is_full());
  w.store->open_fails = false;
  w.sweep(history_disk::retry);
  w.turn_until([&] { return w.metric("streamdemo_history_disk_works") == 1; });
  w.add_as_read("a", 300);
  CHECK(w.read("a") == everything(322, false));
}

TEST_CASE("what the disk does not give back is a gap, and the reader goes on in memory") {
  disk_fixture w;
  w.begin("a");
  w.add_as_read("a", 300);
  w.store->read_fails = true;
  const auto seen = w.read("a");
  CHECK(seen.gaps.size() == 1);
  CHECK(seen.seqs.front() == seen.gaps.front());
  CHECK(seen.seqs.back() == 302);
  CHECK(w.metric("streamdemo_history_disk_errors_total{what=\"read\"}") == 1);
  w.store->read_fails = false;
  CHECK(w.read("a") == everything(302, false));
}

TEST_CASE("keep_for after its end, and when it is deleted, a task leaves the disk") {
  disk_fixture w;
  for (const auto* id : {"a", "b", "c"}) {
    w.begin(id);
    w.add_as_read(id, 200);
  }
  w.end("a");
  w.end("b");
  w.wait_until_written();
  const auto before = w.store->disk_bytes();
  const auto h = w.all->find("b");
  w.apply({w.out.record(w.out.message(task::message_type::deleted, "b", {}))});
  CHECK_FALSE(w.all->find("b"));
  w.turn_until([&] { return w.store->disk_bytes() < before * 7 / 10; });
  CHECK(h->read(0, 10, 1000).kept_from == 204);
  w.clock.advance(std::chrono::minutes(11));
  w.sweep();
  w.turn_until([&] { return w.store->disk_bytes() < before * 4 / 10; });
  CHECK(w.all->find("a")->view().first_kept == 204);
  CHECK(w.read("c") == everything(202, false));
  CHECK(w.metric("streamdemo_history_disk_works") == 1);
}

TEST_CASE("over its bound the disk gives up what ended first, then the oldest of the largest task") {
  disk_fixture w(4 << 20);
  for (const auto* id : {"a", "b", "open"}) {
    w.begin(id);
    w.add_as_read(id, 100);
    w.clock.advance(std::chrono::seconds(1));
    w.out.time += std::chrono::seconds(1);
    if (id[0] != 'o') w.end(id);
  }
  w.wait_until_written();
  CHECK(w.read("a") == everything(103, true));
  w.add_as_read("open", 100);
  w.wait_until_written();
  CHECK(w.all->find("a")->view().first_kept == 104);
  CHECK(w.read("b") == everything(103, true));
  w.add_as_read("open", 400);
  w.wait_until_written();
  CHECK(w.all->find("b")->view().first_kept == 104);
  const auto seen = w.read("open");
  CHECK(seen.gaps.size() == 1);
  CHECK(seen.gaps.front() > 100);
  CHECK(seen.gaps.front() < 400);
  CHECK(seen.seqs.back() == 602);
  CHECK(w.store->disk_bytes() <= 4 << 20);
  CHECK(w.metric("streamdemo_history_disk_works") == 1);
}

TEST_CASE("more ended tasks than memory can tell of: those that ended first are given up, and the log goes on") {
  disk_fixture w;
  const auto id_of = [](int i) { return "0f8fad5b-d9cb-469f-a165-70867728" + std::to_string(1000 + i); };
  for (int i = 0; i < 6000; ++i) {
    const auto id = id_of(i);
    w.clock.advance(std::chrono::milliseconds(1));
    w.out.time += std::chrono::milliseconds(1);
    w.turn_until([&] { return !w.all->is_full(); });
    w.begin(id);
    w.end(id);
  }
  w.wait_until_written();
  CHECK(w.metric("streamdemo_history_bytes") <= max_bytes + 10'000);
  CHECK(w.read(id_of(5999)) == everything(3, true));
  CHECK(w.metric("streamdemo_histories") > 1000);
  CHECK(w.metric("streamdemo_histories") < 3500);
}

TEST_CASE("events in memory are read without the disk") {
  disk_fixture w;
  w.begin("a");
  w.add_as_read("a", 10);
  w.wait_until_written();
  CHECK(w.read("a") == everything(12, false));
  CHECK(w.store->reads == 0);
}

TEST_CASE("a reader that goes away while its events are read is told nothing") {
  disk_fixture w;
  w.begin("a");
  w.add_as_read("a", 300);
  struct silent final : subscriber {
    void on_news() noexcept override { ++times; }
    int times = 0;
  } s;
  const auto h = w.all->find("a");
  auto gone = h->read_from_disk(s);
  gone->begin(0);
  gone.reset();
  struct waiting final : subscriber {
    void on_news() noexcept override { ++times; }
    int times = 0;
  } other;
  const auto reading = h->read_from_disk(other);
  CHECK(reading->take(0, 10, 1000).on_disk);
  reading->begin(0);
  reading->begin(0);  // it reads already
  w.turn_until([&] { return other.times > 0 && w.store->reads == 2; });
  CHECK(s.times == 0);
  CHECK(other.times == 1);
  CHECK(reading->take(0, 1, 1000).events.front()->seq() == 1);
  CHECK(reading->take(1, 1, 1000).events.front()->seq() == 2);
  CHECK(reading->take(0, 10, 1000).on_disk);  // another place
}

namespace {

constexpr auto uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
constexpr auto other_uuid = "0f8fad5b-d9cb-469f-a165-70867728950f";

std::string text_of(const task_view& v) {
  std::string text = v.request_id + ' ' + v.kind + ' ' + v.payload_hash + ' ' + v.accepted_by + ' ' + v.owner;
  for (const auto t : {v.accepted_at, v.expiry, v.ended_at, v.kept_since}) {
    text += ' ' + std::to_string(t.time_since_epoch().count());
  }
  for (const auto n : {v.last_seq, v.first_kept, v.results_begin}) text += ' ' + std::to_string(n);
  return text + ' ' + std::to_string(v.results) + ' ' + std::to_string(v.result_bytes) + ' ' +
         std::string(task::to_string(v.status)) + ' ' + std::to_string(v.fraction);
}

// Three tasks that have ended, and others that need all of the memory.
struct at_rest : disk_fixture {
  at_rest() {
    for (const auto& id : ids) {
      auto m = out.message(task::message_type::accepted, id, "{}");
      m.kind = "simulate";
      m.expiry = out.time + std::chrono::hours(1);
      m.payload_hash = id == other_uuid ? "none" : std::string(64, '7');
      m.owner = id == uuid ? "me" : "";
      apply({out.record(std::move(m)), out.started(id, "run " + id)});
      add(id, 3);
      apply({out.of_run(task::message_type::progress, id, "run " + id, "{\"fraction\":0.1}")});
      end(id);
      out.time += std::chrono::seconds(1);
      clock.advance(std::chrono::seconds(1));
      before.push_back(text_of(all->find(id)->view()));
    }
    for (int i = 0; i < 20; ++i) {
      begin("open " + std::to_string(i));
      add_as_read("open " + std::to_string(i), 10);
    }
    wait_until_written();
    add("open 0", 1);
    REQUIRE(metric("streamdemo_histories_at_rest") == 3);
  }

  const std::vector<std::string> ids{uuid, other_uuid, "task"};
  std::vector<std::string> before;
};

}  // namespace

TEST_CASE("a task at rest is shown, listed and read as before") {
  at_rest w;
  for (std::size_t i = 0; i < w.ids.size(); ++i) {
    CHECK(text_of(w.all->find(w.ids[i])->view()) == w.before[i]);
    CHECK(w.read(w.ids[i]) == everything(7, true));
    CHECK(w.read(w.ids[i], 4).seqs == std::vector<std::int64_t>{5, 6, 7});
  }
  CHECK(w.metric("streamdemo_histories_at_rest") == 3);
  const auto ended = [](const task_view& v) { return task::is_end(v.status); };
  const auto found = testing::newest(*w.all, std::nullopt, 10, ended);
  REQUIRE(found.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(text_of(found[2 - i]->view()) == w.before[i]);
  const auto own = testing::newest(*w.all, "me", 10, ended);
  REQUIRE(own.size() == 1);
  CHECK(own.front()->identity().request_id == uuid);
  // As long as somebody has it, there is one of it.
  CHECK(w.all->find(uuid) == own.front());
}

TEST_CASE("a task at rest that is deleted, or kept for long enough, is gone for those who read it as well") {
  at_rest w;
  struct told final : subscriber {
    void on_news() noexcept override { ++times; }
    int times = 0;
  } s;
  const auto h = w.all->find(uuid), kept = w.all->find("task");
  auto waits = h->subscribe(s, waits_for::news);
  w.apply({w.out.record(w.out.message(task::message_type::deleted, uuid, {}))});
  w.turn_until([&] { return s.times == 1; });
  CHECK(h->read(0, 10, 1000).kept_from == 8);
  CHECK_FALSE(w.all->find(uuid));
  waits.reset();
  w.clock.advance(std::chrono::minutes(11));
  w.sweep();
  CHECK(w.metric("streamdemo_histories_at_rest") == 0);
  CHECK(w.metric("streamdemo_histories") == 20);
  CHECK(kept->read(0, 10, 1000).kept_from == 8);
  CHECK(w.all->find("task")->view().first_kept == 8);  // still known as removed
}

TEST_CASE("a partition that is read anew takes a task at rest as it is, or gives it up if it is gone from the log") {
  at_rest w;
  const auto partition = base::partition_for(uuid, partitions);
  for (const bool there : {true, false}) {
    w.all->restart(partition);
    if (there) {
      log_writer again{partitions};
      w.apply({again.accepted(uuid), again.started(uuid, "run")});
    }
    w.all->finish_restart(partition);
    CHECK(w.all->find(uuid)->view().first_kept == (there ? 1 : 8));
    if (there) CHECK(w.read(uuid) == everything(7, true));
  }
}

TEST_CASE("a task at rest whose log goes on differently is awake again") {
  at_rest w;
  const auto partition = base::partition_for(uuid, partitions);
  w.all->restart(partition);
  log_writer again{partitions};
  w.apply({again.accepted(uuid), again.started(uuid, "run")});
  for (int i = 0; i < 6; ++i) w.apply({again.result(uuid, "run", "1")});
  CHECK(w.metric("streamdemo_histories_at_rest") == 2);
  w.apply({again.ended(uuid, "run")});
  w.all->finish_restart(partition);
  CHECK(w.all->find(uuid)->view().last_seq == 9);
  CHECK(w.all->find(uuid)->read(7, 10, 1000).events.size() == 2);
  CHECK(w.metric("streamdemo_history_bytes") <= max_bytes);
}
