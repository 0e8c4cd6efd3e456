// The processor on the in-process bus: requests written by hand, a handler of the test, and the response log it makes.
#include <doctest/doctest.h>

#include <streamdemo/base/id.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/partition.hpp>
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/bus/inprocess.hpp>
#include <streamdemo/processor/processor.hpp>
#include <streamdemo/task/fold.hpp>
#include <streamdemo/task/message.hpp>

#include <functional>
#include <set>

#include "support/run.hpp"

using namespace streamdemo;
using base::awaitable;
using task::message;
using task::message_type;

namespace {

using script = std::function<awaitable<base::result<processor::outcome>>(processor::job, processor::emitter&)>;

class scripted final : public processor::handler {
 public:
  scripted(std::string kind, script s, bool resumable)
      : kind_(std::move(kind)), script_(std::move(s)), resumable_(resumable) {}
  std::string_view kind() const override { return kind_; }
  bool resumable() const override { return resumable_; }
  awaitable<base::result<processor::outcome>> run(processor::job j, processor::emitter& out) override {
    return script_(std::move(j), out);
  }

 private:
  std::string kind_;
  script script_;
  bool resumable_;
};

// A bus with its topics, a producer that writes as a gateway does, and one that reads the response log.
class scene {
 public:
  explicit scene(base::executor ex)
      : ex_(ex),
        bus_(bus::make_inprocess_bus(clock_, log_)),
        out_(bus_->make_producer(ex)),
        in_(bus_->make_reader(ex)),
        group_(ex, log_, "test"),
        moved_(ex),
        fold_({base::milliseconds(3'600'000), true}) {}

  awaitable<void> begin() {
    std::vector<bus::topic_spec> topics;
    for (const auto* name : {"request", "response", "request.dead-letter"}) {
      bus::topic_spec s;
      s.name = name;
      s.full = s.name == "response" ? bus::when_full::wait : bus::when_full::refuse;
      s.max_bytes = 1 << 22;
      topics.push_back(s);
    }
    (co_await bus_->ensure_topics(topics)).value();
    in_->follow({"response", 0}, bus::from_offset{0});
    in_->follow({"request.dead-letter", 0}, bus::from_offset{0});
    group_.spawn([this] { return read(); });
  }
  awaitable<void> end() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    for (auto& p : processors_) co_await p->drain(std::chrono::steady_clock::now());
    processors_.clear();
    out_->close();
    co_await out_->drain(until);
    in_->close();
    co_await in_->drain(until);
    co_await group_.join();
  }

  processor::processor& add(std::string source, std::string kind, script s, bool resumable = false,
                            std::function<void(processor::options&)> change = {}) {
    processor::options o;
    o.source = std::move(source);
    o.request_topics = {"request"};
    o.response_topic = "response";
    o.dead_letter_topic = "request.dead-letter";
    o.group = "processors";
    o.alive_interval = base::milliseconds(100);
    if (change) change(o);
    std::vector<std::unique_ptr<processor::handler>> handlers;
    handlers.push_back(std::make_unique<scripted>(std::move(kind), std::move(s), resumable));
    processors_.push_back(
        processor::make_processor(ex_, std::move(o), *bus_, std::move(handlers), clock_, metrics_, log_));
    processors_.back()->start();
    return *processors_.back();
  }

  awaitable<void> submit(std::string id, std::string kind, std::string payload = "{}",
                         base::milliseconds within = base::milliseconds(600'000)) {
    message m;
    m.type = message_type::accepted;
    m.request_id = id;
    m.kind = std::move(kind);
    m.source = "gateway/1";
    m.time = clock_.now();
    m.expiry = m.time + within;
    m.payload = std::move(payload);
    co_await send(m, "response");
    m.type = message_type::submitted;
    co_await send(m, "request");
  }
  awaitable<void> send(message m, std::string topic) {
    auto r = task::encode(std::move(m), std::move(topic), 0);
    (co_await bus::publish(*out_, std::move(r))).value();
  }
  awaitable<void> until(std::function<bool()> reached) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!reached()) {
      const bool moved = co_await moved_.wait_until(deadline);
      if (!moved && std::chrono::steady_clock::now() >= deadline) throw std::runtime_error("waited in vain");
    }
  }
  awaitable<void> until_ended(std::string id) {
    auto ended = [this, id] { return state(id) != nullptr && state(id)->end.has_value(); };
    co_await until(ended);
  }

  const task::task_state* state(const std::string& id) const { return fold_.find(id); }
  std::vector<task::message_view> of(const std::string& id, message_type type) const {
    std::vector<task::message_view> some;
    for (const auto& m : all) {
      if (m.request_id == id && m.type == type) some.push_back(m);
    }
    return some;
  }
  void moved() { moved_.notify_all(); }
  // The value of a series without labels, as it is exposed.
  std::string counted(const std::string& name) const {
    const auto text = metrics_.expose();
    const auto at = text.find("\n" + name + " ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 2;
    return text.substr(begin, text.find('\n', begin) - begin);
  }

  std::vector<task::message_view> all;
  std::vector<base::record_ptr> dead_letters;

 private:
  awaitable<void> read() {
    for (;;) {
      auto items = co_await in_->receive(100);
      if (!items) co_return;
      for (const auto& i : *items) {
        const auto* r = std::get_if<base::record_ptr>(&i);
        if (r == nullptr) continue;
        if ((*r)->topic != "response") {
          dead_letters.push_back(*r);
          continue;
        }
        records_.push_back(*r);
        all.push_back(task::decode(**r).value());
        fold_.apply(all.back(), (*r)->log_time);
      }
      moved();
    }
  }

  std::vector<base::record_ptr> records_;  // whose texts the messages have
  base::executor ex_;
  base::system_clock clock_;
  base::logger log_{"test", base::log_level::off};
  base::metrics metrics_;
  std::unique_ptr<bus::bus> bus_;
  std::unique_ptr<bus::producer> out_;
  std::unique_ptr<bus::reader> in_;
  base::task_group group_;
  base::notifier moved_;
  task::fold fold_;
  std::vector<std::unique_ptr<processor::processor>> processors_;
};

using story = std::function<awaitable<void>(scene&)>;

awaitable<void> play(story body) {
  scene s(co_await asio::this_coro::executor);
  co_await s.begin();
  co_await body(s);
  co_await s.end();
}

void run(story body) {
  test::run([&] { return play(body); });
}

awaitable<base::result<processor::outcome>> three_results(processor::job j, processor::emitter& out) {
  for (auto i = j.results_before; i < 3; ++i) {
    auto r = co_await out.result(std::to_string(i));
    if (!r) co_return r.error();
  }
  co_return processor::outcome{"\"made\":3"};
}

// Works until it is stopped.
awaitable<base::result<processor::outcome>> endless(processor::job j, processor::emitter& out) {
  base::notifier stopped(co_await asio::this_coro::executor);
  std::stop_callback wake(j.stop, [&] { stopped.notify_all(); });
  auto r = co_await out.result(std::to_string(j.results_before));
  while (!j.stop.stop_requested()) co_await stopped.wait();
  co_return base::error{base::errc::canceled, "stopped"};
}

awaitable<base::result<processor::outcome>> throws(processor::job, processor::emitter&) {
  throw std::runtime_error("it broke \xff");
  co_return processor::outcome{};
}

}  // namespace

TEST_CASE("a task is started, its results follow in order, it ends, and a request that comes twice runs once") {
  run([](scene& s) -> awaitable<void> {
    s.add("p/1", "three", three_results);
    co_await s.submit("t", "three");
    co_await s.until_ended("t");
    CHECK(*s.state("t")->end == task::status::succeeded);
    const auto results = s.of("t", message_type::result);
    REQUIRE(results.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(results[i].payload == std::to_string(i));
      CHECK(results[i].runseq == static_cast<std::int64_t>(i) + 2);
      CHECK(results[i].source == "p/1");
    }
    CHECK(s.of("t", message_type::ended)[0].payload == R"({"status":"succeeded","made":3})");
    CHECK(s.of("t", message_type::started).size() == 1);
  });
}

TEST_CASE("what stands in another partition than its task's changes nothing, as at the gateways") {
  run([](scene& s) -> awaitable<void> {
    // With three partitions "b" belongs into another one than 0, where everything of this test is.
    REQUIRE(base::partition_for("b", 3) != 0);
    s.add("p/1", "three", three_results, false, [](processor::options& o) { o.partitions = 3; });
    co_await s.submit("b", "three");
    co_await s.until([&] { return !s.dead_letters.empty(); });
    CHECK(s.dead_letters[0]->key == "b");
    CHECK(s.of("b", message_type::started).empty());
    CHECK(s.counted("streamdemo_processor_misplaced_records_total") == "1");
  });
}

TEST_CASE("a handler that throws fails its task and nothing else") {
  run([](scene& s) -> awaitable<void> {
    s.add("p/1", "throws", throws);
    co_await s.submit("t", "throws");
    co_await s.until_ended("t");
    CHECK(*s.state("t")->end == task::status::failed);
    CHECK(s.of("t", message_type::ended)[0].payload.find("it broke ?") != std::string::npos);
    co_await s.submit("u", "throws");
    co_await s.until_ended("u");
  });
}

TEST_CASE("a canceled task's handler is told to stop") {
  run([](scene& s) -> awaitable<void> {
    bool over = false;
    script watched = [&](processor::job j, processor::emitter& out) -> awaitable<base::result<processor::outcome>> {
      auto r = co_await endless(std::move(j), out);
      over = true;
      s.moved();
      co_return r;
    };
    s.add("p/1", "endless", watched);
    co_await s.submit("t", "endless");
    co_await s.until([&] { return s.of("t", message_type::result).size() == 1; });
    message m;
    m.type = message_type::ended;
    m.request_id = "t";
    m.kind = "endless";
    m.source = "gateway/1";
    m.payload = R"({"status":"canceled"})";
    co_await s.send(m, "response");
    co_await s.until([&] { return over; });
    CHECK(*s.state("t")->end == task::status::canceled);
  });
}

TEST_CASE("a run past its task's deadline ends as expired") {
  run([](scene& s) -> awaitable<void> {
    s.add("p/1", "endless", endless);
    co_await s.submit("t", "endless", "{}", base::milliseconds(300));
    co_await s.until_ended("t");
    CHECK(*s.state("t")->end == task::status::expired);
  });
}

TEST_CASE("no more handlers work at once than concurrency says, and all tasks get their turn") {
  run([](scene& s) -> awaitable<void> {
    int now = 0;
    int most = 0;
    script counted = [&](processor::job, processor::emitter& out) -> awaitable<base::result<processor::outcome>> {
      most = std::max(most, ++now);
      co_await base::sleep_for(std::chrono::milliseconds(2));
      auto r = co_await out.result("1");
      --now;
      co_return processor::outcome{};
    };
    s.add("p/1", "counted", counted, false, [](processor::options& o) { o.concurrency = 2; });
    for (int i = 0; i < 20; ++i) co_await s.submit("t" + std::to_string(i), "counted");
    for (int i = 0; i < 20; ++i) co_await s.until_ended("t" + std::to_string(i));
    CHECK(most == 2);
  });
}

TEST_CASE("large requests wait in any number with few payloads in memory, and each task gets its own") {
  run([](scene& s) -> awaitable<void> {
    constexpr int tasks = 60;
    constexpr std::size_t size = 40'000;
    bool may_end = false;
    int right = 0;
    script slow = [&](processor::job j, processor::emitter&) -> awaitable<base::result<processor::outcome>> {
      while (!may_end) co_await base::sleep_for(std::chrono::milliseconds(2));
      right += j.payload == '"' + j.request_id + std::string(size, 'x') + '"' ? 1 : 0;
      co_return processor::outcome{};
    };
    s.add("p/1", "slow", slow, false, [](processor::options& o) {
      o.concurrency = 2;
      o.max_held_bytes = 10 * size;
    });
    const auto id = [](int i) { return "t" + std::to_string(i); };
    for (int i = 0; i < tasks; ++i) co_await s.submit(id(i), "slow", '"' + id(i) + std::string(size, 'x') + '"');
    co_await s.until([&] { return s.counted("streamdemo_processor_held_requests") == std::to_string(tasks); });
    CHECK(std::stod(s.counted("streamdemo_processor_held_bytes")) < 10 * size);
    CHECK(std::stod(s.counted("streamdemo_processor_payloads_let_go")) > tasks - 10);
    may_end = true;
    for (int i = 0; i < tasks; ++i) co_await s.until_ended(id(i));
    CHECK(right == tasks);
    CHECK(std::stod(s.counted("streamdemo_processor_payloads_read_total")) > tasks - 10);
    co_await s.until([&] { return s.counted("streamdemo_processor_held_bytes") == "0"; });
    CHECK(s.counted("streamdemo_processor_payloads_let_go") == "0");
  });
}

TEST_CASE("a result over the record limit is refused, takes no number, and the run goes on") {
  run([](scene& s) -> awaitable<void> {
    base::errc code{};
    script big = [&](processor::job, processor::emitter& out) -> awaitable<base::result<processor::outcome>> {
      auto refused = co_await out.result("\"" + std::string(20000, 'x') + "\"");
      code = refused ? base::errc::internal : refused.error().code;
      auto taken = co_await out.result("1");
      co_return processor::outcome{};
    };
    s.add("p/1", "big", big, false, [](processor::options& o) { o.max_record_bytes = 10000; });
    co_await s.submit("t", "big");
    co_await s.until_ended("t");
    CHECK(code == base::errc::too_large);
    CHECK(*s.state("t")->end == task::status::succeeded);
    CHECK(s.of("t", message_type::result).size() == 1);
  });
}

TEST_CASE("a drain releases what does not finish, and another processor goes on behind the last result at once") {
  run([](scene& s) -> awaitable<void> {
    auto& first = s.add("p/1", "task", endless, true);
    co_await s.submit("t", "task");
    co_await s.until([&] { return s.of("t", message_type::result).size() == 1; });
    s.add("p/2", "task", three_results, true);
    co_await first.drain(std::chrono::steady_clock::now());
    CHECK(s.of("t", message_type::released).size() <= 1);
    co_await s.until_ended("t");
    CHECK(*s.state("t")->end == task::status::succeeded);
    CHECK(s.state("t")->results == 3);
    CHECK(s.state("t")->failed_runs == 0);
    CHECK(s.of("t", message_type::started).back().resume);
  });
}

TEST_CASE("a drain lets a run that ends in time finish") {
  run([](scene& s) -> awaitable<void> {
    base::notifier go(co_await asio::this_coro::executor);
    bool may_end = false;
    script waits = [&](processor::job, processor::emitter& out) -> awaitable<base::result<processor::outcome>> {
      auto r = co_await out.result("1");
      while (!may_end) co_await go.wait();
      co_return processor::outcome{};
    };
    auto& p = s.add("p/1", "waits", waits);
    co_await s.submit("t", "waits");
    co_await s.until([&] { return s.of("t", message_type::result).size() == 1; });
    may_end = true;
    go.notify_all();
    co_await p.drain(std::chrono::steady_clock::now() + std::chrono::seconds(20));
    co_await s.until_ended("t");
    CHECK(*s.state("t")->end == task::status::succeeded);
    CHECK(s.of("t", message_type::released).empty());
    CHECK(p.unready() == "the processor drains");
  });
}

TEST_CASE("the run of a processor that fell silent is taken over") {
  run([](scene& s) -> awaitable<void> {
    co_await s.submit("t", "three");
    message m;
    m.type = message_type::started;
    m.request_id = "t";
    m.kind = "three";
    m.source = "gone/1";
    m.run = "gone-run";
    m.runseq = 1;
    m.replaces = "";
    m.payload = "{}";
    co_await s.send(m, "response");
    s.add("p/1", "three", three_results);
    co_await s.until_ended("t");
    CHECK(*s.state("t")->end == task::status::succeeded);
    CHECK(s.state("t")->attempt == 2);
    CHECK(s.of("t", message_type::started).back().replaces == "gone-run");
  });
}

TEST_CASE("a request that was never accepted goes to the dead-letter topic with its reason") {
  run([](scene& s) -> awaitable<void> {
    s.add("p/1", "three", three_results);
    message m;
    m.type = message_type::submitted;
    m.request_id = "t";
    m.kind = "three";
    m.source = "gateway/1";
    m.expiry = base::sys_time::max();
    m.payload = "{}";
    co_await s.send(m, "request");
    co_await s.until([&] { return !s.dead_letters.empty(); });
    CHECK(s.dead_letters[0]->key == "t");
    CHECK(s.dead_letters[0]->header_value("__dlq.errors.topic") == "request");
    CHECK(s.dead_letters[0]->header_value("__dlq.errors.group") == "processors");
    CHECK(s.dead_letters[0]->header_value("ce_subject") == "three");
  });
}

TEST_CASE("a processor that meets a task of newer rules leaves the group and its request, and lets its runs finish") {
  run([](scene& s) -> awaitable<void> {
    base::notifier go(co_await asio::this_coro::executor);
    bool may_end = false;
    script waits = [&](processor::job, processor::emitter& out) -> awaitable<base::result<processor::outcome>> {
      auto r = co_await out.result("1");
      while (!may_end) co_await go.wait();
      co_return processor::outcome{};
    };
    auto& old = s.add("p/1", "waits", waits);
    co_await s.submit("known", "waits");
    co_await s.until([&] { return s.of("known", message_type::result).size() == 1; });
    CHECK_FALSE(old.unready());
    message m;
    m.type = message_type::accepted;
    m.request_id = "newer";
    m.kind = "waits";
    m.source = "gateway/2";
    m.expiry = base::system_clock().now() + std::chrono::hours(1);
    m.payload = "{}";
    m.fold = task::fold_version + 1;
    co_await s.send(m, "response");
    m.type = message_type::submitted;
    co_await s.send(m, "request");
    const auto left = [](const processor::processor& p) -> awaitable<void> {
      const auto by = std::chrono::steady_clock::now() + std::chrono::seconds(20);
      while (!p.unready() && std::chrono::steady_clock::now() < by) co_await base::sleep_for(base::milliseconds(5));
      REQUIRE(p.unready());
      CHECK(p.unready()->find("upgrade it") != std::string::npos);
    };
    co_await left(old);
    // The request was not completed: it comes to the next one that joins, which is no newer.
    auto& next = s.add("p/2", "waits", waits);
    co_await left(next);
    CHECK(s.dead_letters.empty());
    may_end = true;
    go.notify_all();
    co_await s.until_ended("known");
    CHECK(*s.state("known")->end == task::status::succeeded);
    CHECK(s.state("known")->attempt == 1);
  });
}

TEST_CASE("a handler that emits faster than the bus takes is held back within its bound") {
  run([](scene& s) -> awaitable<void> {
    script flood = [](processor::job, processor::emitter& out) -> awaitable<base::result<processor::outcome>> {
      for (int i = 0; i < 2000; ++i) {
        auto r = co_await out.result("\"" + std::string(2000, 'x') + "\"");
        if (!r) co_return r.error();
      }
      co_return processor::outcome{};
    };
    s.add("p/1", "flood", flood, false, [](processor::options& o) { o.emit_bytes = 8000; });
    co_await s.submit("t", "flood");
    co_await s.until_ended("t");
    CHECK(*s.state("t")->end == task::status::succeeded);
    CHECK(s.state("t")->results == 2000);
  });
}

TEST_CASE("a run that the process has not the means for is given back, counts as none, and the task is tried again") {
  run([](scene& s) -> awaitable<void> {
    int tries = 0;
    script starved = [&](processor::job j, processor::emitter& out) -> awaitable<base::result<processor::outcome>> {
      if (++tries == 1) co_return base::error{base::errc::full, "could not open a pipe: Too many open files"};
      co_return co_await three_results(std::move(j), out);
    };
    s.add("p/1", "k", starved, false, [](processor::options& o) { o.max_runs = 1; });
    co_await s.submit("t", "k");
    co_await s.until_ended("t");
    CHECK(tries == 2);
    CHECK(s.of("t", message_type::released).size() == 1);
    CHECK(s.of("t", message_type::result).size() == 3);
    CHECK(s.state("t")->failed_runs == 0);
    const auto ended = s.of("t", message_type::ended);
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].payload.find("succeeded") != std::string::npos);
    CHECK(s.dead_letters.empty());
  });
}
