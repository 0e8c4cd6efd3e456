// The Kafka bus when brokers misbehave, on brokers that librdkafka plays itself.
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <streamdemo/base/event.hpp>

#include "kafka/mock_cluster.hpp"

using namespace streamdemo;
using namespace streamdemo::bus;
using namespace std::chrono_literals;

namespace {

constexpr std::int16_t produce_request = 0;
constexpr auto patience = 60s;

using properties = std::map<std::string, std::string>;

struct stage {
  kafka_tests::mock_cluster cluster;
  base::metrics metrics;
  base::logger log{"test", base::log_level::off};
  asio::io_context loop{1};
  std::unique_ptr<bus::bus> kafka;
  std::string topic = "topic";

  explicit stage(properties extra = {}) {
    topic_spec spec;
    spec.name = topic;
    cluster.make(spec);
    kafka_options o;
    o.brokers.push_back(cluster.brokers());
    o.log_append_time = false;
    o.publish_timeout = 2s;
    o.properties = std::move(extra);
    o.properties.emplace("fetch.wait.max.ms", "5");
    kafka = std::move(make_kafka_bus(std::move(o), metrics, log).value());
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

base::steady_time in(base::milliseconds d) {
  return std::chrono::steady_clock::now() + d;
}

// The numbers in the log, repetitions left out: in the order of their first coming.
awaitable<std::vector<int>> numbers_in_log(stage& s) {
  partition_id p{s.topic, 0};
  auto reader = s.kafka->make_reader(s.loop.get_executor());
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

std::vector<int> first(int n) {
  std::vector<int> out;
  for (int i = 0; i < n; ++i) out.push_back(i);
  return out;
}

std::string text_of(const std::vector<int>& numbers) {
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

awaitable<void> a_fatal_error_loses_nothing(stage& s) {
  auto p = s.kafka->make_producer(s.loop.get_executor());
  outcomes o;
  const auto warm = co_await publish(*p, s.rec(0));
  REQUIRE(warm.has_value());
  rd_kafka_mock_push_request_errors(s.cluster.get(), produce_request, 1,
                                    RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  for (int i = 1; i < 100; ++i) o.publish(*p, s.rec(i), std::nullopt);
  while (o.ended < 99) co_await base::sleep_for(10ms);
  for (const auto& done : o.of) CHECK(done->has_value());
  auto seen = co_await numbers_in_log(s);
  // The played brokers take what follows a refused record; real ones miss its sequence number, and refuse that, too.
  std::sort(seen.begin(), seen.end());
  CHECK(text_of(seen) == text_of(first(100)));
}

awaitable<void> refused_for_a_while(stage& s) {
  auto p = s.kafka->make_producer(s.loop.get_executor());
  outcomes o;
  rd_kafka_mock_push_request_errors(s.cluster.get(), produce_request, 3, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                    RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  for (int i = 0; i < 100; ++i) o.publish(*p, s.rec(i), std::nullopt);
  while (o.ended < 100) co_await base::sleep_for(10ms);
  for (const auto& done : o.of) CHECK(done->has_value());
  const auto seen = co_await numbers_in_log(s);
  CHECK(text_of(seen) == text_of(first(100)));
}

void set_down(stage& s, bool down) {
  for (int id = 1; id <= 3; ++id) {
    if (down) {
      rd_kafka_mock_broker_set_down(s.cluster.get(), id);
    } else {
      rd_kafka_mock_broker_set_up(s.cluster.get(), id);
    }
  }
}

awaitable<void> away_and_back(stage& s) {
  auto p = s.kafka->make_producer(s.loop.get_executor());
  const auto warm = co_await publish(*p, s.rec(0));
  REQUIRE(warm.has_value());
  set_down(s, true);
  outcomes patient;
  outcomes timed;
  for (int i = 1; i < 50; ++i) patient.publish(*p, s.rec(i), std::nullopt);
  const auto begin = std::chrono::steady_clock::now();
  auto given_up = s.rec(1000);
  timed.publish(*p, std::move(given_up), in(300ms));
  while (timed.ended < 1) co_await base::sleep_for(5ms);
  CHECK(std::chrono::steady_clock::now() - begin >= 300ms);
  REQUIRE(timed.of[0]->has_error());
  CHECK((timed.of[0]->error().code == errc::timed_out || timed.of[0]->error().code == errc::unavailable));
  co_await base::sleep_for(2500ms);  // longer than the library keeps a record that has a deadline
  CHECK(patient.ended == 0);
  set_down(s, false);
  while (patient.ended < 49) co_await base::sleep_for(10ms);
  const auto seen = co_await numbers_in_log(s);
  CHECK(text_of(seen) == text_of(first(50)));
}

awaitable<void> drained_while_away(stage& s) {
  auto p = s.kafka->make_producer(s.loop.get_executor());
  const auto warm = co_await publish(*p, s.rec(0));
  REQUIRE(warm.has_value());
  set_down(s, true);
  outcomes o;
  for (int i = 1; i < 50; ++i) o.publish(*p, s.rec(i), std::nullopt);
  p->close();
  const auto report = co_await p->drain(in(100ms));
  CHECK(report.lost == 49);
  CHECK(o.ended == 49);
  for (const auto& done : o.of) CHECK(done->error().code == errc::timed_out);
}

// A queue of the library that is too small for what is in flight.
awaitable<void> more_than_fits(stage& s) {
  auto p = s.kafka->make_producer(s.loop.get_executor());
  outcomes patient;
  outcomes timed;
  for (int i = 0; i < 500; ++i) patient.publish(*p, s.rec(i), std::nullopt);
  for (int i = 0; i < 50; ++i) timed.publish(*p, s.rec(1000 + i), in(2s));
  while (patient.ended < 500 || timed.ended < 50) co_await base::sleep_for(5ms);
  for (const auto& done : patient.of) CHECK(done->has_value());
  std::size_t full = 0;
  for (const auto& done : timed.of) full += done->has_error() && done->error().code == errc::full ? 1 : 0;
  CHECK(full >= 30);
  auto seen = co_await numbers_in_log(s);
  std::erase_if(seen, [](int n) { return n >= 1000; });
  CHECK(text_of(seen) == text_of(first(500)));
}

// Longer than max.poll.interval.ms without a receive: the member stays what it is.
awaitable<void> a_member_that_is_busy(stage& s) {
  auto p = s.kafka->make_producer(s.loop.get_executor());
  group_options o;
  o.group = "group";
  o.topics.push_back(s.topic);
  auto c = s.kafka->join(s.loop.get_executor(), o);
  auto news = co_await c->receive(1);
  REQUIRE(news.has_value());
  REQUIRE(std::holds_alternative<assigned>(news->front()));
  co_await base::sleep_for(14s);
  const auto sent = co_await publish(*p, s.rec(1));
  REQUIRE(sent.has_value());
  news = co_await c->receive(1);
  REQUIRE(news.has_value());
  CHECK(std::holds_alternative<delivery>(news->front()));
}

}  // namespace

TEST_CASE("a fatal error of the library's producer loses no record") {
  stage s;
  s.run([&] { return a_fatal_error_loses_nothing(s); });
}

TEST_CASE("records without a deadline survive refusals of the brokers, in order") {
  stage s;
  s.run([&] { return refused_for_a_while(s); });
}

TEST_CASE("with all brokers away a deadline is kept, and records without one are acknowledged once they are back") {
  stage s;
  s.run([&] { return away_and_back(s); });
}

TEST_CASE("a drain while all brokers are away keeps its deadline and says how much is lost") {
  stage s;
  s.run([&] { return drained_while_away(s); });
}

TEST_CASE("a full queue refuses records with a deadline, and those without wait in order") {
  stage s(properties{{"queue.buffering.max.messages", "20"}});
  s.run([&] { return more_than_fits(s); });
}

TEST_CASE("a member of a group that works for longer than the poll interval stays a member") {
  stage s(properties{{"max.poll.interval.ms", "7000"}, {"session.timeout.ms", "6000"}});
  s.run([&] { return a_member_that_is_busy(s); });
}
