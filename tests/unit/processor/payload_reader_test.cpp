// Reads requests again from the in-process bus.
#include "processor/payload_reader.hpp"

#include <doctest/doctest.h>

#include <boost/asio/this_coro.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/bus/inprocess.hpp>

#include <map>

#include "support/run.hpp"

using namespace streamdemo;
using base::awaitable;
using processor::payload_reader;

namespace {

constexpr int partitions = 2;
constexpr int records = 300;

// Its first attempt to make a reader fails, and so does the reader that comes of the second one.
class shy_bus final : public bus::bus {
 public:
  explicit shy_bus(std::unique_ptr<streamdemo::bus::bus> real) : real_(std::move(real)) {}

  awaitable<base::result<void>> ensure_topics(std::vector<streamdemo::bus::topic_spec> topics) override {
    return real_->ensure_topics(std::move(topics));
  }
  awaitable<base::result<std::int64_t>> end_offset(streamdemo::bus::partition_id p) override {
    return real_->end_offset(std::move(p));
  }
  bool writes_together() const noexcept override { return real_->writes_together(); }
  std::unique_ptr<streamdemo::bus::producer> make_producer(base::executor ex) override {
    return real_->make_producer(ex);
  }
  std::unique_ptr<streamdemo::bus::shared_consumer> join(base::executor ex, streamdemo::bus::group_options o) override {
    return real_->join(ex, std::move(o));
  }
  std::unique_ptr<streamdemo::bus::reader> make_reader(base::executor ex, streamdemo::bus::reader_options o) override {
    if (++readers == 1) throw std::runtime_error("no descriptor is left");
    if (readers == 2) return std::make_unique<broken>();
    return real_->make_reader(ex, o);
  }

  int readers = 0;

 private:
  class broken final : public streamdemo::bus::reader {
   public:
    void follow(streamdemo::bus::partition_id, streamdemo::bus::read_start) override {}
    void unfollow(const streamdemo::bus::partition_id&) override {}
    awaitable<base::result<std::vector<streamdemo::bus::read_item>>> receive(std::size_t) override {
      co_return base::error{base::errc::internal, "no thread is left"};
    }
    void close() override {}
    awaitable<streamdemo::bus::drain_report> drain(base::steady_time) override {
      co_return streamdemo::bus::drain_report{};
    }
  };

  std::unique_ptr<streamdemo::bus::bus> real_;
};

// Each partition of "request" has `records` records, whose values are their numbers.
class scene {
 public:
  explicit scene(base::executor ex)
      : ex_(ex),
        bus_(std::make_unique<shy_bus>(bus::make_inprocess_bus(clock_, log_))),
        loops_(ex, log_, "test"),
        moved_(ex) {}

  awaitable<void> begin() {
    co_await fill("request");
    reader_ = std::make_unique<payload_reader>(ex_, *bus_, loops_, log_, base::milliseconds(20));
  }
  awaitable<void> fill(std::string topic) {
    std::vector<bus::topic_spec> topics(1);
    topics[0].name = topic;
    topics[0].partitions = partitions;
    topics[0].max_bytes = 1 << 22;
    (co_await bus_->ensure_topics(topics)).value();
    auto out = bus_->make_producer(ex_);
    for (int p = 0; p < partitions; ++p) {
      for (int i = 0; i < records; ++i) {
        auto r = at(p, i, topic);
        r.value = std::to_string(i);
        (co_await bus::publish(*out, std::move(r))).value();
      }
    }
    out->close();
    co_await out->drain(std::chrono::steady_clock::now() + std::chrono::seconds(5));
  }
  awaitable<void> end() {
    CHECK(bus_->readers == 3);
    reader_->close();
    co_await reader_->drain(std::chrono::steady_clock::now() + std::chrono::seconds(5));
    loops_.cancel();
    co_await loops_.join();
  }

  static base::record at(int partition, std::int64_t offset, std::string topic = "request") {
    base::record r;
    r.topic = std::move(topic);
    r.partition = partition;
    r.offset = offset;
    return r;
  }
  // `then` is called when it is there.
  void want(int partition, std::int64_t offset, std::function<void()> then = {}, std::string topic = "request") {
    ++asked_;
    reader_->want(at(partition, offset, std::move(topic)), [this, partition, offset, then](const base::record_ptr& r) {
      got[{partition, offset}].push_back(r ? r->value : "gone");
      if (then) then();
      --asked_;
      moved_.notify_all();
    });
  }
  void go() { reader_->go(); }
  awaitable<void> until_answered() {
    while (asked_ > 0) co_await moved_.wait();
  }

  using place = std::pair<int, std::int64_t>;
  std::map<place, std::vector<std::string>> got;

 private:
  base::executor ex_;
  base::system_clock clock_;
  base::logger log_{"test", base::log_level::off};
  std::unique_ptr<shy_bus> bus_;
  base::task_group loops_;
  base::notifier moved_;
  std::unique_ptr<payload_reader> reader_;
  int asked_ = 0;
};

void run(std::function<awaitable<void>(scene&)> body) {
  test::run([&]() -> awaitable<void> {
    scene s(co_await asio::this_coro::executor);
    co_await s.begin();
    co_await body(s);
    co_await s.until_answered();
    for (const auto& [at, values] : s.got) {
      for (const auto& v : values) CHECK(v == (at.second < records ? std::to_string(at.second) : "gone"));
    }
    co_await s.end();
  });
}

}  // namespace

TEST_CASE("each wanted record is given once, wherever it lies and in whatever order it is wanted") {
  run([](scene& s) -> awaitable<void> {
    for (const auto offset : {299, 0, 100, 101, 7, 200}) {
      for (int p = 0; p < partitions; ++p) s.want(p, offset);
    }
    s.go();
    co_await s.until_answered();
    CHECK(s.got.size() == 12);
    for (const auto& [at, values] : s.got) CHECK(values.size() == 1);
  });
}

TEST_CASE("a record that is wanted twice is given twice") {
  run([](scene& s) -> awaitable<void> {
    s.want(0, 5);
    s.want(0, 5);
    s.go();
    co_await s.until_answered();
    CHECK(s.got[{0, 5}].size() == 2);
  });
}

// What has been received from where it read before must not be taken for what lies behind the earlier record.
TEST_CASE("an earlier record may be wanted while a later one is being given") {
  run([](scene& s) -> awaitable<void> {
    const auto also = [&s](std::int64_t offset) {
      s.want(0, offset);
      s.go();
    };
    s.want(0, 100, [also] { also(50); });
    s.want(0, 101, [also] { also(102); });
    s.want(0, 103);
    s.want(0, 110, [also] { also(0); });
    s.go();
    co_await s.until_answered();
    CHECK(s.got.size() == 7);
  });
}

TEST_CASE("after it had nothing to read it reads again") {
  run([](scene& s) -> awaitable<void> {
    for (const auto offset : {10, 9, 250, 11}) {
      s.want(1, offset);
      s.go();
      co_await s.until_answered();
    }
    CHECK(s.got.size() == 4);
  });
}

TEST_CASE("whoever wants a record that does not exist is told, and the others get theirs") {
  run([](scene& s) -> awaitable<void> {
    s.want(0, records + 7);
    s.want(0, 3);
    s.want(1, records + 9);
    s.want(1, records + 8);
    s.want(1, 4);
    s.go();
    co_await s.until_answered();
    CHECK(s.got.size() == 5);
  });
}

TEST_CASE("a record that is not there yet is looked for again, and the others do not wait for it") {
  run([](scene& s) -> awaitable<void> {
    s.want(0, 9, {}, "late");
    s.want(1, 7);
    s.go();
    while (s.got.empty()) co_await base::sleep_for(base::milliseconds(1));
    CHECK(s.got.contains({1, 7}));
    co_await s.fill("late");
    co_await s.until_answered();
    CHECK(s.got.size() == 2);
    CHECK(s.got[{0, 9}] == std::vector<std::string>{"9"});
  });
}
