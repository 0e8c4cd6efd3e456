// Gateways that are killed at any moment, and go on with what their store had by then: they must come to the same
// histories as one that read the whole log.
#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <set>

#include "gateway/history/histories.hpp"
#include "gateway/history/history_notes.hpp"
#include "gateway/history/store/event_store.hpp"
#include "support/temporary_directory.hpp"
#include "unit/gateway/log_records.hpp"
#include "unit/gateway/turn_until.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using streamdemo::gateway::testing::hand_clock;
using streamdemo::gateway::testing::log_writer;
using task::message_type;

namespace {

constexpr std::int32_t partitions = 3;

// What a store was given, and so what it has after a kill: any number of the first writes. Any thread.
class journal {
 public:
  struct entry {
    std::vector<event_store::change> changes;
    std::vector<event_store::note> notes;
  };
  void add(entry e) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(e));
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }
  void cut(std::size_t n) {
    const std::lock_guard lock(mutex_);
    entries_.resize(n);
  }
  std::unique_ptr<event_store> store() const {
    auto made = make_memory_store();
    for (const auto& e : entries_) REQUIRE(made->write(e.changes, e.notes).has_value());
    return made;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<entry> entries_;
};

class recording_store final : public event_store {
 public:
  explicit recording_store(journal& j) : journal_(j), store_(j.store()) {}
  base::result<opened> open(std::string_view shape) override { return store_->open(shape); }
  base::result<void> put_aside() override {
    journal_.cut(0);
    return store_->put_aside();
  }
  base::result<void> write(std::span<const change> changes, std::span<const note> notes) override {
    journal_.add({{changes.begin(), changes.end()}, {notes.begin(), notes.end()}});
    return store_->write(changes, notes);
  }
  base::result<void> read_notes(std::string_view after, const note_reader& f) const override {
    return store_->read_notes(after, f);
  }
  base::result<std::vector<task::event_ptr>> read(std::string_view name, std::int64_t after, std::size_t max_events,
                                                  std::size_t max_bytes) const override {
    return store_->read(name, after, max_events, max_bytes);
  }
  base::result<void> erase_before(base::sys_time, bool) override { return {}; }
  base::result<void> recover(std::span<const change>, bool) override { return {}; }
  std::uint64_t disk_bytes() const override { return store_->disk_bytes(); }
  std::size_t memory_bytes() const noexcept override { return 0; }

 private:
  journal& journal_;
  std::unique_ptr<event_store> store_;
};

struct seen_runs final : task_observer {
  void on_accepted(const history_ptr& h, std::optional<std::int64_t>) noexcept override {
    open.insert(h->identity().request_id);
  }
  void on_over(const history_ptr& h) noexcept override { open.erase(h->identity().request_id); }
  void on_deleted(const std::string& id) noexcept override { deleted.insert(id); }
  void on_run(const std::string& id, const std::string& source, base::sys_time) noexcept override {
    if (source.empty()) {
      runs.erase(id);
    } else {
      runs[id] = source;
    }
  }
  void on_offer(const task::message_view&, base::milliseconds) noexcept override {}
  std::set<std::string> open, deleted;
  std::map<std::string, std::string> runs;
};

struct node {
  explicit node(const hand_clock& clock, std::unique_ptr<event_store> store, std::size_t max_bytes = 1 << 20,
                std::chrono::minutes keep = std::chrono::minutes(60))
      : loops(1, "test"),
        all(make_histories({.max_bytes = max_bytes, .keep_for = keep, .partitions = partitions, .topic = "response"},
                           loops, clock, metrics, log, std::move(store))) {
    all->observe(&observer);
    bool opened = false;
    asio::co_spawn(loops.executor(0), all->open(), [&](std::exception_ptr, const base::result<void>& r) {
      opened = true;
      CHECK(r.has_value());
    });
    turn_until([&] { return opened; });
  }
  ~node() { all->observe(nullptr); }

  template <class F>
  void turn_until(F done) {
    testing::turn_until(loops, done);
  }
  // As the follower: what the store knows is not applied again, and nothing while it is full.
  void apply(const std::vector<base::record_ptr>& records) {
    turn_until([&] { return !all->is_full(); });
    all->apply(records);
  }
  bool is_new(const base::record& r) const {
    const auto known = begin[static_cast<std::size_t>(r.partition)];
    if (known && known->offset == r.offset) CHECK(known->record == histories::name_of(r));
    return !known || r.offset > known->offset;
  }
  void remember_places() {
    for (std::int32_t p = 0; p < partitions; ++p) begin[static_cast<std::size_t>(p)] = all->place_of(p);
  }
  void wait_until_written() {
    turn_until(
        [&] { return metrics.expose().find("\nstreamdemo_history_disk_waiting_events 0") != std::string::npos; });
  }
  std::string events_of(const std::string& id) {
    const auto h = all->find(id);
    if (!h) return "none";
    std::string text;
    for (std::int64_t after = 0;;) {
      auto b = h->read(after, 100, 50'000);
      if (b.on_disk && b.kept_from == 0) b = from_disk(h, after);
      if (b.kept_from != 0) text += "gap to " + std::to_string(after = b.kept_from - 1) + '\n';
      for (const auto& e : b.events) {
        text += e->sse();
        after = e->seq();
      }
      if (b.events.empty() && b.kept_from == 0) return text += b.ended ? "over" : "open";
    }
  }
  history::batch from_disk(const history_ptr& h, std::int64_t after) {
    std::optional<history::batch> found;
    asio::co_spawn(loops.executor(0), read_from_disk(h, after, 100, 50'000),
                   [&](std::exception_ptr, history::batch b) { found.emplace(std::move(b)); });
    turn_until([&] { return found.has_value(); });
    return std::move(*found);
  }

  base::logger log{"test", base::log_level::off};
  base::metrics metrics;
  base::io_threads loops;
  seen_runs observer;
  std::unique_ptr<histories> all;
  std::array<std::optional<histories::place>, partitions> begin;
};

std::string text_of(const task_view& v) {
  const auto time = [](base::sys_time t) { return std::to_string(t.time_since_epoch().count()); };
  std::string text = v.request_id + '/' + v.kind + '/' + v.payload_hash + '/' + v.accepted_by + '/' + v.owner + ' ';
  text += std::string(task::to_string(v.status)) + ' ' + time(v.accepted_at) + ' ' + time(v.expiry) + ' ' +
          time(v.ended_at) + ' ' + time(v.kept_since) + ' ' + std::to_string(v.last_seq) + ' ' +
          std::to_string(v.first_kept) + ' ' + std::to_string(v.results_begin) + ' ' + std::to_string(v.results) + ' ' +
          std::to_string(v.result_bytes) + ' ' + std::to_string(v.fraction) + (v.deleted ? " deleted" : "");
  return text;
}

void same(node& one, node& other, const std::set<std::string>& ids) {
  CHECK(one.all->open_tasks() == other.all->open_tasks());
  CHECK(one.observer.open == other.observer.open);
  CHECK(one.all->open_tasks_of("me") == other.all->open_tasks_of("me"));
  for (const auto& id : ids) {
    CAPTURE(id);
    const auto a = one.all->find(id), b = other.all->find(id);
    REQUIRE((a == nullptr) == (b == nullptr));
    if (a) CHECK(text_of(a->view()) == text_of(b->view()));
    CHECK(one.events_of(id) == other.events_of(id));
    const auto x = one.all->find_ended(id, "k"), y = other.all->find_ended(id, "k");
    REQUIRE((x == nullptr) == (y == nullptr));
    if (x) CHECK(text_of(x->view()) == text_of(y->view()));
  }
}

// A log in which everything happens that may happen to a task.
struct random_log {
  random_log(unsigned seed, int n, std::size_t most_bytes) : random(seed) {
    for (int i = 0; i < n; ++i) {
      out.time += std::chrono::milliseconds(upto(50));
      one(most_bytes);
    }
  }
  int upto(int n) { return std::uniform_int_distribution<>(0, n)(random); }

  void one(std::size_t most_bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    if (open.size() < 4 || upto(9) == 0) {
      auto id = "task " + std::to_string(ids.size());
      if (upto(1) == 0) {
        id = "00000000-0000-4000-8000-0000000000";
        id += digits[ids.size() / 16 % 16];
        id += digits[ids.size() % 16];
      }
      auto m = out.message(message_type::accepted, id, "{}");
      m.kind = "simulate";
      m.expiry = out.time + std::chrono::hours(1);
      // As gateways write it, and another one.
      m.payload_hash = upto(1) == 0 ? "hash of " + id : std::string(62, 'a') + id.substr(id.size() - 2);
      if (upto(1) == 0) m.owner = "me";
      records.push_back(out.record(std::move(m)));
      if (ids.insert(id).second) open.push_back(id);
      return;
    }
    const auto at = static_cast<std::size_t>(upto(static_cast<int>(open.size()) - 1));
    const auto id = open[at];
    auto& run = runs[id];
    const int what = upto(19);
    if (run.empty() || what == 0) {
      auto next = id + " run " + std::to_string(upto(1'000'000));
      records.push_back(out.started(id, next, last[id], upto(1) == 0));
      last[id] = run = next;
    } else if (what == 1) {
      records.push_back(out.of_run(message_type::released, id, run, ""));
      run.clear();
    } else if (what == 2) {
      records.push_back(out.of_run(message_type::progress, id, run, "{\"fraction\":0.25}"));
    } else if (what <= 4) {
      records.push_back(what == 3 ? out.ended(id, run) : out.canceled(id));
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
      over.push_back(id);
    } else if (what == 5 && !over.empty()) {
      records.push_back(out.record(out.message(message_type::deleted, over.back(), "")));
      over.pop_back();
    } else if (what == 6) {
      records.push_back(out.accepted(id, "again"));  // ignored
    } else {
      std::string text(2 + static_cast<std::size_t>(upto(static_cast<int>(most_bytes))), 'x');
      text.front() = text.back() = '"';
      records.push_back(out.result(id, run, text));
    }
  }

  std::minstd_rand random;
  log_writer out{partitions};
  std::vector<base::record_ptr> records;
  std::set<std::string> ids;
  std::vector<std::string> open, over;
  std::map<std::string, std::string> runs, last;
};

// Applies the log from where the node knows it, in batches, up to a place of the log. Returns that place.
std::size_t live(node& n, random_log& log, std::size_t until) {
  n.remember_places();
  std::vector<base::record_ptr> batch;
  for (std::size_t i = 0; i < until; ++i) {
    if (n.is_new(*log.records[i])) batch.push_back(log.records[i]);
    if (batch.empty() || (log.upto(8) != 0 && i + 1 < until)) continue;
    n.apply(batch);
    batch.clear();
    if (log.upto(7) == 0) n.wait_until_written();
  }
  return until;
}

}  // namespace

TEST_CASE("killed two hundred times at any write, a gateway comes to the histories of one that read everything") {
  const hand_clock clock;
  int kills = 0, known = 0;
  for (unsigned seed = 1; kills < 200; ++seed) {
    CAPTURE(seed);
    random_log log(seed, 300, seed % 3 == 0 ? 20'000 : 200);
    node reference(clock, nullptr, 1 << 26);
    for (const auto& r : log.records) reference.apply({r});
    journal written;
    std::size_t at = 0;
    while (at < log.records.size()) {
      {
        node n(clock, std::make_unique<recording_store>(written));
        known += n.all->place_of(0) ? 1 : 0;
        at = live(n, log, std::min(log.records.size(), at + static_cast<std::size_t>(log.upto(60))));
      }
      written.cut(static_cast<std::size_t>(log.upto(static_cast<int>(written.size()))));
      ++kills;
    }
    node last(clock, std::make_unique<recording_store>(written));
    live(last, log, log.records.size());
    same(last, reference, log.ids);
  }
  CHECK(known > 50);
}

TEST_CASE("what was known comes back without the log: histories, runs, clocks and what was deleted") {
  const hand_clock clock;
  random_log log(7, 400, 500);
  node reference(clock, nullptr, 1 << 26);
  for (const auto& r : log.records) reference.apply({r});
  journal written;
  {
    node n(clock, std::make_unique<recording_store>(written));
    live(n, log, log.records.size());
  }
  node after(clock, std::make_unique<recording_store>(written));
  same(after, reference, log.ids);
  CHECK(after.observer.runs.size() > 0);
  for (const auto& [id, source] : after.observer.runs) CHECK(reference.observer.runs[id] == source);
  CHECK(after.observer.deleted == reference.observer.deleted);
  after.remember_places();
  for (const auto& r : log.records) CHECK_FALSE(after.is_new(*r));
  // And it goes on.
  random_log more = log;
  const auto had = log.records.size();
  for (int i = 0; i < 200; ++i) more.one(300);
  for (auto i = had; i < more.records.size(); ++i) {
    reference.apply({more.records[i]});
    after.apply({more.records[i]});
  }
  same(after, reference, more.ids);
}

namespace {

// `flush_at_end`: false is as if the process were killed.
auto files_in(const test::temporary_directory& d, bool flush_at_end = true) {
  return make_rocks_store({.directory = d.path(),
                           .memory_bytes = 4 << 20,
                           .max_disk_bytes = 64 << 20,
                           .flush_at_end = flush_at_end,
                           .keep_for = std::chrono::hours(1)});
}

}  // namespace

TEST_CASE("on RocksDB, what was not yet in its files is read from the log again") {
  const hand_clock clock;
  const auto store = [](const test::temporary_directory& d) { return files_in(d, false); };
  const test::temporary_directory directory;
  random_log log(3, 3000, 20'000);
  node reference(clock, nullptr, 1 << 28);
  for (const auto& r : log.records) reference.apply({r});
  std::size_t known = 0;
  for (std::size_t at = 0; at < log.records.size();) {
    node n(clock, store(directory));
    for (std::int32_t p = 0; p < partitions; ++p) known += n.all->place_of(p) ? 1 : 0;
    at = live(n, log, std::min(log.records.size(), at + 100 + static_cast<std::size_t>(log.upto(500))));
  }
  CHECK(known > 0);
  node last(clock, store(directory));
  live(last, log, log.records.size());
  same(last, reference, log.ids);
}

TEST_CASE("a store that ends in order needs none of the log") {
  const hand_clock clock;
  const test::temporary_directory directory;
  const auto store = [&] { return files_in(directory); };
  random_log log(5, 500, 2000);
  {
    node n(clock, store());
    live(n, log, log.records.size());
  }
  node after(clock, store());
  after.remember_places();
  for (const auto& r : log.records) CHECK_FALSE(after.is_new(*r));
}

TEST_CASE("nothing counts of a store for other settings, or of a damaged one") {
  const hand_clock clock;
  random_log log(11, 200, 200);
  const auto knows = [](node& n) {
    bool any = false;
    for (std::int32_t p = 0; p < partitions; ++p) any = any || n.all->place_of(p).has_value();
    return any;
  };
  journal written;
  {
    node n(clock, std::make_unique<recording_store>(written));
    live(n, log, log.records.size());
  }
  {
    node same_settings(clock, std::make_unique<recording_store>(written));
    CHECK(knows(same_settings));
  }
  {
    node other(clock, std::make_unique<recording_store>(written), 1 << 20, std::chrono::minutes(5));
    CHECK_FALSE(knows(other));
    CHECK(other.all->open_tasks() == 0);
  }
  written.add({{}, {{.key = "o damaged", .value = "?", .erase_to = {}}}});
  node damaged(clock, std::make_unique<recording_store>(written));
  CHECK_FALSE(knows(damaged));
  CHECK(damaged.all->open_tasks() == 0);
  node reference(clock, nullptr, 1 << 26);
  for (const auto& r : log.records) reference.apply({r});
  live(damaged, log, log.records.size());
  same(damaged, reference, log.ids);
}

// More than are read at a time.
TEST_CASE("of a store that is damaged at its end nothing stays, and one that is put aside makes no trouble later") {
  const hand_clock clock;
  random_log log(17, 30'000, 20);
  journal written;
  {
    node n(clock, std::make_unique<recording_store>(written), 64 << 20);
    live(n, log, log.records.size());
  }
  REQUIRE(log.ids.size() > 2 * known_part::most);
  written.add({{}, {{.key = "z", .value = "?", .erase_to = {}}}});
  node reference(clock, nullptr, 1 << 26);
  for (const auto& r : log.records) reference.apply({r});
  {
    node damaged(clock, std::make_unique<recording_store>(written), 64 << 20);
    CHECK(damaged.all->open_tasks() == 0);
    CHECK(damaged.all->open_tasks_of("me") == 0);
    CHECK(damaged.observer.open.empty());
    for (const auto& id : log.ids) CHECK(damaged.all->find(id) == nullptr);
    CHECK(live(damaged, log, log.records.size()) > 0);
    same(damaged, reference, log.ids);
  }
  node again(clock, std::make_unique<recording_store>(written), 64 << 20);
  CHECK(again.all->place_of(0));
  same(again, reference, log.ids);
}

TEST_CASE("a partition that is read anew is noted again only as a whole") {
  const hand_clock clock;
  random_log log(13, 300, 200);
  journal written;
  {
    node n(clock, std::make_unique<recording_store>(written));
    live(n, log, log.records.size());
    n.all->restart(1);
    CHECK_FALSE(n.all->place_of(1));
    n.apply({*std::find_if(log.records.begin(), log.records.end(), [](const auto& r) { return r->partition == 1; })});
  }
  {
    node between(clock, std::make_unique<recording_store>(written));
    CHECK_FALSE(between.all->place_of(0));
    live(between, log, log.records.size());
    between.all->restart(1);
    for (const auto& r : log.records) {
      if (r->partition == 1) between.apply({r});
    }
    between.all->finish_restart(1);
  }
  node reference(clock, nullptr, 1 << 26);
  for (const auto& r : log.records) reference.apply({r});
  node after(clock, std::make_unique<recording_store>(written));
  CHECK(after.all->place_of(1));
  same(after, reference, log.ids);
}

TEST_CASE("a damaged block of events is a gap in the histories that it belongs to, and in no other") {
  const hand_clock clock;
  const test::temporary_directory directory;
  const auto store = [&] { return files_in(directory); };
  log_writer out{partitions};
  std::minstd_rand random(1);
  std::map<std::string, std::string> before;
  {
    node n(clock, store());
    for (int i = 0; i < 200; ++i) {
      const auto id = "task " + std::to_string(i), run = "run " + std::to_string(i);
      std::string text(2002, '"');  // that does not shrink when it is compressed
      std::generate(text.begin() + 1, text.end() - 1, [&] { return static_cast<char>('0' + random() % 64); });
      std::replace(text.begin(), text.end(), '\\', 'x');
      n.apply({out.accepted(id), out.started(id, run), out.result(id, run, text), out.ended(id, run)});
      before[id] = n.events_of(id);
    }
    n.wait_until_written();
  }
  // One bit of each file. The events are in front of the notes, and take more room.
  int damaged = 0;
  for (const auto& f : std::filesystem::directory_iterator(directory.path() / "events")) {
    if (f.path().extension() != ".sst") continue;
    std::fstream file(f.path(), std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(f.file_size() / 5);
    file.seekg(at);
    const auto c = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(c ^ 4));
    ++damaged;
  }
  REQUIRE(damaged > 0);
  node after(clock, store());
  REQUIRE(after.all->find("task 0"));
  int whole = 0, with_gap = 0;
  for (const auto& [id, text] : before) {
    const auto now = after.events_of(id);
    CHECK(now.ends_with("over"));
    if (now == text) {
      ++whole;
    } else {
      ++with_gap;
      CHECK(now.find("gap to") != std::string::npos);
    }
  }
  CHECK(whole > 100);
  CHECK(with_gap > 0);
  CHECK(with_gap < 100);
}
