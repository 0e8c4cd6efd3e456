// Gateways without HTTP, on one bus and one loop that the test itself runs.
#pragma once
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>

#include "gateway/history/response_follower.hpp"
#include "gateway/tasks/task_service_control.hpp"
#include "unit/gateway/faulty_bus.hpp"
#include "unit/gateway/log_records.hpp"
#include "unit/gateway/store_fixture.hpp"
#include "unit/gateway/topics.hpp"

namespace streamdemo::gateway::testing {

struct bus_fixture {
  explicit bus_fixture(std::size_t threads = 1) : loops(threads, "test") {
    settings.topics.partitions = 4;
    settings.gateway.publish_timeout = base::milliseconds(2000);
    run(made_topics());
  }

  asio::io_context& loop0() { return asio::query(loops.executor(0), asio::execution::context); }

  // Runs loop 0 until `done()`.
  template <class F>
  void turn_until(F done, std::chrono::seconds at_most = std::chrono::seconds(20)) {
    const auto by = std::chrono::steady_clock::now() + at_most;
    while (!done()) {
      REQUIRE(std::chrono::steady_clock::now() < by);
      loop0().run_one_for(std::chrono::milliseconds(50));
    }
  }

  template <class T>
  T run(base::awaitable<T> body) {
    std::optional<T> value;
    asio::co_spawn(loops.executor(0), std::move(body), [&](std::exception_ptr why, T v) {
      REQUIRE_FALSE(why);
      value.emplace(std::move(v));
    });
    turn_until([&] { return value.has_value(); });
    return std::move(*value);
  }

  // All records that are in a topic now.
  std::vector<base::record_ptr> everything(const std::string& topic) { return run(read_all(topic)); }

  // Writes a record as a processor or another gateway would.
  void write(const base::record_ptr& r) {
    auto p = bus.make_producer(loops.executor(0));
    auto copy = *r;
    REQUIRE(run(streamdemo::bus::publish(*p, std::move(copy), std::nullopt)).has_value());
  }

  base::logger log{"test", base::log_level::off};
  base::metrics metrics;
  hand_clock clock;
  base::io_threads loops;
  config::settings settings;
  faulty_bus bus{clock, log};
  log_writer out{4};

 private:
  base::awaitable<bool> made_topics() {
    auto specs = topics_for(settings);
    const auto made = co_await bus.ensure_topics(std::move(specs));
    co_return made.has_value();
  }

  base::awaitable<std::vector<base::record_ptr>> read_all(std::string topic) {
    std::vector<base::record_ptr> found;
    const auto r = bus.make_reader(loops.executor(0));
    for (std::int32_t p = 0; p < settings.topics.partitions; ++p) {
      r->follow({topic, p}, streamdemo::bus::from_offset{0});
    }
    for (int left = settings.topics.partitions; left > 0;) {
      const auto items = co_await r->receive(100);
      for (const auto& i : items.value()) {
        if (const auto* record = std::get_if<base::record_ptr>(&i)) found.push_back(*record);
        if (std::holds_alternative<streamdemo::bus::caught_up>(i)) --left;
      }
    }
    r->close();
    co_await r->drain(std::chrono::steady_clock::now());
    co_return found;
  }
};

struct gateway_fixture {
  gateway_fixture(bus_fixture& w, std::string source, std::size_t max_bytes = 1 << 22)
      : of(w),
        all(make_histories({.max_bytes = max_bytes, .keep_for = w.settings.results.keep_for, .partitions = 4}, w.loops,
                           w.clock, w.metrics, w.log)),
        service(make_task_service({.bus = w.bus,
                                   .all = *all,
                                   .files = files,
                                   .settings = w.settings,
                                   .loops = w.loops,
                                   .clock = w.clock,
                                   .metrics = w.metrics,
                                   .log = w.log,
                                   .source = source,
                                   .own_secrets = own_secrets,
                                   .kinds = {"simulate"}})),
        follower({.topic = "response", .partitions = 4, .window = std::chrono::hours(1)}, w.bus, *all,
                 w.loops.executor(0), w.log) {
    follower.start();
    service->start();
    w.turn_until([&] { return follower.behind() == 0; });
  }

  ~gateway_fixture() { of.run(stopped(std::chrono::steady_clock::now() + std::chrono::seconds(5))); }

  base::awaitable<bool> stopped(base::steady_time deadline) {
    co_await service->drain(deadline);
    co_await follower.stop(deadline);
    co_return true;
  }

  submission example(const std::string& key = {}, const std::string& payload = "{}") const {
    submission s;
    s.request_id = service->new_request_id({}, "simulate", key);
    s.kind = "simulate";
    s.payload = payload;
    s.payload_hash = payload;
    s.has_idempotency_key = !key.empty();
    return s;
  }

  base::result<accepted_task> submit(submission s) { return of.run(service->submit(std::move(s))); }
  task::status status(const std::string& id) const { return all->find(id)->view().status; }
  void wait_for(const std::string& id, task::status s) {
    of.turn_until([&] {
      const auto h = all->find(id);
      return h && h->view().status == s;
    });
  }

  bus_fixture& of;
  std::unique_ptr<histories> all;
  secrets own_secrets{{}, {}};
  store_fixture files;
  std::unique_ptr<task_service_control> service;
  response_follower follower;
};

}  // namespace streamdemo::gateway::testing
