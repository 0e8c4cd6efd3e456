// Readers join at random moments, on several loops, while the fold goes on: each must see every event exactly once, in
// order, with the same bytes.
#include <doctest/doctest.h>
#include <boost/asio/post.hpp>

#include <condition_variable>
#include <random>

#include "gateway/history/histories.hpp"
#include "unit/gateway/log_records.hpp"
#include "unit/gateway/newest.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

bool any(const task_view&) {
  return true;
}

constexpr std::int32_t partitions = 3;
constexpr std::size_t loop_count = 3;
constexpr int tasks = 4;
constexpr int events = 150;  // of each task
constexpr int joins = 3000;

// Counts readers that are done.
class countdown {
 public:
  explicit countdown(int n) : left_(n) {}
  void one_less() {
    const std::lock_guard lock(mutex_);
    if (--left_ == 0) zero_.notify_all();
  }
  bool wait_for(std::chrono::seconds limit) {
    std::unique_lock lock(mutex_);
    return zero_.wait_for(lock, limit, [&] { return left_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable zero_;
  int left_;
};

// Lives on one loop: finds its task, then reads after its cursor and waits, as every transport does.
class reader final : public subscriber {
 public:
  reader(histories& all, base::executor ex, std::string id, unsigned seed, countdown& done)
      : all_(all), executor_(ex), id_(std::move(id)), random_(seed), done_(done) {}

  void join() {
    waiting_ = all_.await_task(id_, *this);
    go_on();
  }

  void on_news() noexcept override { go_on(); }

  const base::executor& executor() const { return executor_; }
  const std::string& id() const { return id_; }
  bool in_order() const { return in_order_; }
  const std::string& seen() const { return seen_; }

 private:
  void go_on() {
    if (over_) return;
    if (!history_) {
      history_ = all_.find(id_);
      if (!history_) return;
      waiting_ = history_->subscribe(*this, waits_for::news);
    }
    const auto b = history_->read(cursor_, 1 + random_() % 20, 1 << 20);
    for (const auto& e : b.events) {
      in_order_ = in_order_ && e->seq() == cursor_ + 1;
      cursor_ = e->seq();
      seen_ += e->json_line();
    }
    in_order_ = in_order_ && b.kept_from == 0;
    if (b.ended) {
      over_ = true;
      waiting_.reset();
      done_.one_less();
    } else if (!b.events.empty()) {
      asio::post(executor_, [this] { go_on(); });
    }
  }

  histories& all_;
  base::executor executor_;
  std::string id_;
  std::minstd_rand random_;
  countdown& done_;
  history_ptr history_;
  std::unique_ptr<subscription> waiting_;
  std::int64_t cursor_ = 0;
  std::string seen_;
  bool in_order_ = true;
  bool over_ = false;
};

// The whole log of all tasks, tasks interleaved at random.
std::vector<base::record_ptr> make_log(std::minstd_rand& random) {
  testing::log_writer out(partitions);
  std::vector<base::record_ptr> log;
  std::vector<int> next(tasks, 0);
  for (int left = tasks * events; left > 0;) {
    const auto t = random() % tasks;
    auto& n = next[t];
    if (n == events) continue;
    const auto id = "task-" + std::to_string(t), run = "run-" + std::to_string(t);
    if (n == 0) log.push_back(out.accepted(id));
    if (n == 1) log.push_back(out.started(id, run));
    if (n > 1 && n < events - 1) log.push_back(out.result(id, run, std::to_string(n)));
    if (n == events - 1) log.push_back(out.ended(id, run));
    ++n;
    --left;
  }
  return log;
}

}  // namespace

TEST_CASE("readers that join at any moment on any loop see every event once, in order, with the same bytes") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::minstd_rand random(seed);
  const base::logger log("test", base::log_level::off);
  base::metrics metrics;
  const testing::hand_clock clock;
  base::io_threads loops(loop_count, "race");
  const auto all = make_histories(
      {.max_bytes = 1 << 26, .keep_for = std::chrono::hours(1), .partitions = partitions, .max_waiters = joins}, loops,
      clock, metrics, log);
  countdown done(joins);
  std::vector<std::unique_ptr<reader>> readers;
  for (int i = 0; i < joins; ++i) {
    const auto loop = random() % loop_count;
    readers.push_back(std::make_unique<reader>(*all, loops.executor(loop), "task-" + std::to_string(random() % tasks),
                                               static_cast<unsigned>(random()), done));
  }
  const auto records = make_log(random);

  // Each thread joins its readers one by one while loop 0 applies the log in small batches.
  loops.start();
  std::atomic<std::size_t> joined = 0;
  const auto join_some = [&](std::size_t first) {
    for (std::size_t i = first; i < readers.size(); i += 2) {
      auto* r = readers[i].get();
      asio::post(r->executor(), [r] { r->join(); });
      ++joined;
    }
  };
  std::function<void(std::size_t)> apply_from = [&](std::size_t at) {
    // In step with the joins, so that they are spread over the whole log.
    if (at * joins <= joined.load() * records.size()) {
      const auto n = std::min<std::size_t>(1 + at % 7, records.size() - at);
      all->apply(std::span(records).subspan(at, n));
      at += n;
    }
    if (at < records.size()) asio::post(loops.executor(0), [&, at] { apply_from(at); });
  };
  asio::post(loops.executor(0), [&] { apply_from(0); });
  std::thread one(join_some, 0), two(join_some, 1);
  one.join();
  two.join();
  const bool finished = done.wait_for(std::chrono::seconds(120));
  loops.stop();
  loops.join();
  REQUIRE(finished);

  std::map<std::string, std::string> expected;
  for (const auto& h : testing::newest(*all, std::nullopt, tasks, any)) {
    std::string text;
    for (const auto& e : h->read(0, events, 1 << 26).events) text += e->json_line();
    expected[h->view().request_id] = text;
    CHECK(h->view().last_seq == events);
  }
  for (const auto& r : readers) {
    REQUIRE(r->in_order());
    REQUIRE(r->seen() == expected[r->id()]);
  }
  readers.clear();
}
