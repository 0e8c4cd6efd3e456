// The Kafka bus on brokers that librdkafka plays itself, with one topic, and what its tests say often.
#pragma once
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <streamdemo/base/notifier.hpp>

#include "kafka/mock_cluster.hpp"

namespace streamdemo::kafka_tests {

using namespace bus;
using namespace std::chrono_literals;

inline constexpr auto patience = 60s;

using properties = std::map<std::string, std::string>;

struct mock_fixture {
  kafka_tests::mock_cluster cluster;
  base::metrics metrics;
  base::logger log{"test", base::log_level::off};
  asio::io_context loop{1};
  std::unique_ptr<streamdemo::bus::bus> kafka;
  std::string topic = "topic";

  explicit mock_fixture(properties extra = {}) {
    cluster.make(topics().front());
    kafka = make_kafka_bus(options(std::move(extra)), metrics, log).value();
  }

  kafka_options options(properties extra = {}) const {
    kafka_options o;
    o.brokers.push_back(cluster.brokers());
    o.log_append_time = false;
    o.publish_timeout = 2s;
    o.properties = std::move(extra);
    o.properties.emplace("fetch.wait.max.ms", "5");
    return o;
  }

  std::vector<topic_spec> topics() const {
    std::vector<topic_spec> one(1);
    one.front().name = topic;
    return one;
  }

  // Known to the brokers alone.
  std::string another(std::string name) {
    topic_spec spec;
    spec.name = std::move(name);
    cluster.make(spec);
    return spec.name;
  }

  record rec(int n) const {
    record r;
    r.topic = topic;
    r.partition = 0;
    r.value = std::to_string(n);
    return r;
  }

  void run(std::function<awaitable<void>()> body) {
    bool ended = false;
    std::exception_ptr failure;
    asio::co_spawn(loop, body, [&](std::exception_ptr e) {
      failure = e;
      ended = true;
    });
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!ended && std::chrono::steady_clock::now() < limit) loop.run_one_until(limit);
    if (failure) std::rethrow_exception(failure);
    REQUIRE_MESSAGE(ended, "the test waited for something that did not come");
  }
};

inline base::steady_time in(base::milliseconds d) {
  return std::chrono::steady_clock::now() + d;
}

// The numbers in the log, repetitions left out: in the order of their first coming.
inline awaitable<std::vector<int>> numbers_in_log(mock_fixture& f) {
  partition_id p{f.topic, 0};
  auto reader = f.kafka->make_reader(f.loop.get_executor());
  reader->follow(p, from_offset{0});
  std::vector<int> seen;
  for (bool all = false; !all;) {
    const auto items = co_await reader->receive(1000);
    REQUIRE(items.has_value());
    for (const auto& i : *items) {
      REQUIRE_FALSE(std::holds_alternative<position_lost>(i));
      if (std::holds_alternative<caught_up>(i)) all = true;
      if (const auto* r = std::get_if<record_ptr>(&i)) {
        const int n = std::stoi((*r)->value);
        if (std::find(seen.begin(), seen.end(), n) == seen.end()) seen.push_back(n);
      }
    }
  }
  co_return seen;
}

inline std::vector<int> first(int n) {
  std::vector<int> out;
  for (int i = 0; i < n; ++i) out.push_back(i);
  return out;
}

inline std::string text_of(const std::vector<int>& numbers) {
  return fmt::format("{}", fmt::join(numbers, " "));
}

struct outcomes {
  std::vector<std::optional<result<published>>> of;
  std::size_t ended = 0;
  void publish(producer& p, record r, std::optional<base::steady_time> deadline) {
    of.emplace_back();
    p.publish(std::move(r), deadline, [this, i = of.size() - 1](result<published> done) {
      of[i] = std::move(done);
      ++ended;
    });
  }
};

inline void set_down(mock_fixture& f, bool down) {
  for (int id = 1; id <= 3; ++id) {
    if (down) {
      rd_kafka_mock_broker_set_down(f.cluster.get(), id);
    } else {
      rd_kafka_mock_broker_set_up(f.cluster.get(), id);
    }
  }
}

}  // namespace streamdemo::kafka_tests
