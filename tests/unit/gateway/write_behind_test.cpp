#include "gateway/history/write_behind.hpp"

#include <doctest/doctest.h>

#include <mutex>

#include "gateway/history/disk_reads.hpp"
#include "unit/gateway/turn_until.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

constexpr base::sys_time noon{std::chrono::seconds{1'800'000'000}};

struct seen_write {
  std::vector<std::int64_t> seqs;
  std::vector<std::string> notes;
};

// Says what it was given, one write at a time.
class counting_store final : public event_store {
 public:
  base::result<opened> open(std::string_view) override { return opened{}; }
  base::result<void> put_aside() override { return {}; }
  base::result<void> write(std::span<const change> changes, std::span<const note> notes) override {
    seen_write w;
    for (const auto& c : changes) {
      for (const auto& e : c.add) w.seqs.push_back(e->seq());
      if (c.erase_through != 0) w.notes.push_back("erase " + std::to_string(c.erase_through));
    }
    for (const auto& n : notes) w.notes.push_back(n.key);
    const std::lock_guard lock(mutex_);
    writes_.push_back(std::move(w));
    if (fails) return base::error{base::errc::no_space, "full"};
    return {};
  }
  base::result<void> read_notes(std::string_view, const note_reader&) const override { return {}; }
  base::result<std::vector<task::event_ptr>> read(std::string_view, std::int64_t, std::size_t,
                                                  std::size_t) const override {
    return std::vector<task::event_ptr>();
  }
  base::result<void> erase_before(base::sys_time, bool) override { return {}; }
  base::result<void> recover(std::span<const change>, bool) override { return {}; }
  std::uint64_t disk_bytes() const override { return 77; }
  std::size_t memory_bytes() const noexcept override { return 0; }

  std::vector<seen_write> writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
  }
  std::atomic<bool> fails = false;

 private:
  mutable std::mutex mutex_;
  std::vector<seen_write> writes_;
};

struct writer_fixture {
  writer_fixture() { writer.start(); }

  void add(std::int64_t seq, std::size_t bytes) {
    writer.add(h, task::make_event({.type = task::message_type::result,
                                    .request_id = "a",
                                    .seq = seq,
                                    .attempt = 1,
                                    .time = noon,
                                    .log_time = noon,
                                    .source = "processor/p",
                                    .resumed = std::nullopt,
                                    .content_type = "text/plain",
                                    .payload = std::string(bytes, 'x')}));
  }
  template <class F>
  void turn_until(F done) {
    testing::turn_until(loops, done);
  }

  base::io_threads loops{1, "test"};
  base::metrics metrics;
  counting_store store;
  std::shared_ptr<disk_reads> reads = std::make_shared<disk_reads>(store, loops, 1 << 20, metrics);
  std::shared_ptr<kept_history> h = std::make_shared<kept_history>(task_view{{.request_id = "a"}}, nullptr, reads);
  std::vector<write_behind::outcome> outcomes;
  write_behind writer{store, loops.executor(0), [this](write_behind::outcome o) { outcomes.push_back(std::move(o)); }};
};

}  // namespace

TEST_CASE("what is handed over together is written together, however large") {
  writer_fixture w;
  for (int i = 1; i <= 300; ++i) w.add(i, 10'000);
  w.writer.note({.key = "state", .value = "x", .erase_to = {}});
  w.writer.hand_over();
  w.turn_until([&] { return !w.outcomes.empty(); });
  REQUIRE(w.store.writes().size() == 1);
  CHECK(w.store.writes()[0].seqs.size() == 300);
  CHECK(w.store.writes()[0].notes == std::vector<std::string>{"state"});
  const auto& o = w.outcomes[0];
  CHECK(o.count == 300);
  CHECK(o.events.front().from == 1);
  CHECK(o.events.back().through == 300);
  CHECK(o.disk_bytes == 77);
  CHECK(o.memory > 3'000'000);
}

TEST_CASE("the order is kept, whatever is asked for in between") {
  writer_fixture w;
  w.add(1, 10);
  w.writer.erase(w.h->name_on_disk(), 1, 1);
  w.add(2, 10);
  w.writer.hand_over();
  w.writer.hand_over();  // nothing more
  w.turn_until([&] { return !w.outcomes.empty(); });
  REQUIRE(w.outcomes[0].events.size() == 2);
  CHECK(w.outcomes[0].events[1].from == 2);
  CHECK(w.store.writes()[0].notes == std::vector<std::string>{"erase 1"});
}

TEST_CASE("after a failed write nothing that was given before is written, and what comes in the next round is") {
  writer_fixture w;
  w.store.fails = true;
  for (int i = 1; i <= 300; ++i) {
    w.add(i, 10'000);
    w.writer.hand_over();
  }
  w.turn_until([&] { return !w.outcomes.empty(); });
  CHECK(w.outcomes[0].error);
  w.writer.give_up(1);
  w.store.fails = false;
  const auto before = w.store.writes().size();
  w.add(301, 10);
  w.writer.hand_over();
  w.turn_until([&] { return w.outcomes.back().round == 1; });
  CHECK(w.store.writes().size() == before + 1);
  CHECK(w.store.writes().back().seqs == std::vector<std::int64_t>{301});
}

TEST_CASE("at the end it writes what waits, and tells nobody") {
  writer_fixture w;
  w.add(1, 10);
  w.writer.hand_over();
  w.writer.close();
  CHECK(w.store.writes().size() == 1);
  auto& loop = asio::query(w.loops.executor(0), asio::execution::context);
  loop.restart();
  loop.poll();
  CHECK(w.outcomes.empty());
}
