// What the clients of the Kafka bus do by themselves, on brokers that librdkafka plays.
#include <sched.h>

#include <boost/asio/detached.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "bus/kafka/dependencies.hpp"
#include "bus/kafka/topics.hpp"
#include "mock_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::kafka_tests;

namespace {

void hide(mock_fixture& f, const std::string& topic) {
  rd_kafka_mock_topic_set_error(f.cluster.get(), topic.c_str(), RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
}

bool shows(mock_fixture& f, const std::string& metric) {
  return f.metrics.expose().find(metric) != std::string::npos;
}

// Once the brokers no longer say where a topic is, only a producer that knew it before can publish to it.
awaitable<void> ready_before_the_first_publish(mock_fixture& f) {
  auto topics = f.topics();
  const auto made = co_await f.kafka->ensure_topics(std::move(topics));
  REQUIRE(made.has_value());
  auto p = f.kafka->make_producer(f.loop.get_executor());
  // The first of its statistics: it has met the brokers.
  while (!shows(f, "streamdemo_kafka_broker_round_trip_seconds{broker=\"1\",client=\"producer-")) {
    co_await base::sleep_for(10ms);
  }
  hide(f, f.topic);
  const auto known = co_await publish(*p, f.rec(1), in(1s));
  CHECK(known.has_value());
  auto elsewhere = f.rec(1);
  elsewhere.topic = f.another("never asked for");
  hide(f, elsewhere.topic);
  const auto unknown = co_await publish(*p, std::move(elsewhere), in(1s));
  CHECK(unknown.has_error());
}

// A refusal is of a whole request: who shares it shares the refusal.
awaitable<std::size_t> refused_together(mock_fixture& f, producer& p) {
  const auto ready = co_await publish(p, f.rec(0), in(10s));
  REQUIRE(ready.has_value());
  const auto why = RD_KAFKA_RESP_ERR_POLICY_VIOLATION;
  rd_kafka_mock_push_request_errors_array(f.cluster.get(), 0, 1, &why);
  outcomes three;
  for (int i = 0; i < 3; ++i) {
    three.publish(p, f.rec(i), in(10s));
    // Long enough for the library to send what it has.
    std::this_thread::sleep_for(300us);
  }
  while (three.ended < 3) co_await base::sleep_for(1ms);
  co_return std::count_if(three.of.begin(), three.of.end(), [](const auto& done) { return done->has_error(); });
}

awaitable<void> one_request_for_a_turn(mock_fixture& f) {
  auto p = f.kafka->make_producer(f.loop.get_executor());
  std::size_t together = 0;
  // The library's own thread may be quicker than ours with the second record, and a turn of a busy machine too long.
  for (int i = 0; i < 20 && together < 3; ++i) together = co_await refused_together(f, *p);
  CHECK(together == 3);
}

// The scheduling policies of librdkafka's threads, by thread.
std::map<std::string, int> policies() {
  std::map<std::string, int> found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream in(task.path() / "stat");
    std::string line;
    std::getline(in, line);
    const auto end = line.rfind(')');
    if (line.find("(rdk:") == line.npos || end == line.npos) continue;
    std::istringstream fields(line.substr(end + 1));  // from the third on; the policy is the 41st
    std::string field;
    for (int i = 3; i <= 41; ++i) fields >> field;
    found[task.path().filename()] = std::stoi(field);
  }
  return found;
}

awaitable<void> threads_interrupt_nobody(mock_fixture& f) {
  const auto of_others = policies();  // of the brokers that are played
  const auto p = f.kafka->make_producer(f.loop.get_executor());
  const auto reader = f.kafka->make_reader(f.loop.get_executor());
  std::ptrdiff_t made = 0, batch = 0;
  for (int i = 0; i < 500 && (made < 4 || batch < made); ++i) {
    co_await base::sleep_for(10ms);
    made = batch = 0;
    for (const auto& [thread, policy] : policies()) {
      if (of_others.contains(thread)) continue;
      ++made;
      if (policy == SCHED_BATCH) ++batch;
    }
  }
  CHECK(made >= 4);
  CHECK(batch == made);
}

awaitable<void> lag_is_shown(mock_fixture& f) {
  auto p = f.kafka->make_producer(f.loop.get_executor());
  auto reader = f.kafka->make_reader(f.loop.get_executor());
  partition_id id{f.topic, 0};
  reader->follow(id, from_offset{0});
  const auto sent = co_await publish(*p, f.rec(0));
  REQUIRE(sent.has_value());
  for (bool seen = false; !seen;) {
    const auto items = co_await reader->receive(1);
    REQUIRE(items.has_value());
    seen = std::holds_alternative<record_ptr>(items->front());
  }
  for (int i = 1; i <= 7; ++i) {
    const auto more = co_await publish(*p, f.rec(i));
    REQUIRE(more.has_value());
  }
  const auto of = fmt::format("{{client=\"reader-3\",topic=\"{}\"}} 7", f.topic);
  while (!shows(f, "streamdemo_kafka_lag_records" + of)) co_await base::sleep_for(10ms);
  // Each client tells its own figures in a turn of its own.
  while (!shows(f, "streamdemo_kafka_unacknowledged_records{client=\"patient-producer-"))
    co_await base::sleep_for(10ms);
}

// As Java's client, Go's and others write one: our own interface cannot.
void publish_with_null_header(mock_fixture& f) {
  auto conf = kafka::make_conf(f.options(), {}, {}).value();
  const std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> client(
      kafka::make_client(RD_KAFKA_PRODUCER, std::move(conf)).value(), rd_kafka_destroy);
  auto* headers = rd_kafka_headers_new(3);
  rd_kafka_header_add(headers, "null", -1, nullptr, 0);
  rd_kafka_header_add(headers, "empty", -1, "", 0);
  rd_kafka_header_add(headers, "text", -1, "text", 4);
  const auto code = rd_kafka_producev(client.get(), RD_KAFKA_V_TOPIC(f.topic.c_str()), RD_KAFKA_V_PARTITION(0),
                                      RD_KAFKA_V_VALUE(nullptr, 0), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
  REQUIRE(kafka::is_good(code));
  REQUIRE(kafka::is_good(rd_kafka_flush(client.get(), 30'000)));
}

awaitable<void> null_header(mock_fixture& f) {
  publish_with_null_header(f);
  auto reader = f.kafka->make_reader(f.loop.get_executor());
  partition_id id{f.topic, 0};
  reader->follow(id, from_offset{0});
  const auto items = co_await reader->receive(1);
  REQUIRE(items.has_value());
  const auto& r = *std::get<record_ptr>(items->front());
  CHECK_FALSE(r.header_value("null"));
  CHECK(r.header_value("empty") == "");
  CHECK(r.header_value("text") == "text");
}

// The played brokers keep five megabytes of a partition.
awaitable<void> left_behind(mock_fixture& f) {
  constexpr int records = 200;
  auto p = f.kafka->make_producer(f.loop.get_executor());
  auto reader = f.kafka->make_reader(f.loop.get_executor());
  partition_id id{f.topic, 0};
  reader->follow(id, from_offset{0});
  const auto news = co_await reader->receive(1);
  REQUIRE(news.has_value());
  REQUIRE(std::holds_alternative<caught_up>(news->front()));
  outcomes o;
  for (int i = 0; i < records; ++i) {
    auto r = f.rec(i);
    r.value.resize(100'000);
    o.publish(*p, std::move(r), std::nullopt);
  }
  while (o.ended < records) co_await base::sleep_for(10ms);
  std::int64_t next = 0;
  for (bool lost = false; !lost;) {
    const auto items = co_await reader->receive(10);
    REQUIRE(items.has_value());
    for (const auto& i : *items) {
      if (const auto* r = std::get_if<record_ptr>(&i)) CHECK((*r)->offset == next++);
      lost = lost || std::holds_alternative<position_lost>(i);
    }
  }
  CHECK(next < records / 2);
}

// Longer than max.poll.interval.ms without a receive: the member stays what it is.
awaitable<void> a_member_that_is_busy(mock_fixture& f) {
  auto p = f.kafka->make_producer(f.loop.get_executor());
  group_options o;
  o.group = "group";
  o.topics.push_back(f.topic);
  auto c = f.kafka->join(f.loop.get_executor(), o);
  auto news = co_await c->receive(1);
  REQUIRE(news.has_value());
  REQUIRE(std::holds_alternative<assigned>(news->front()));
  co_await base::sleep_for(9s);
  const auto sent = co_await publish(*p, f.rec(1));
  REQUIRE(sent.has_value());
  news = co_await c->receive(1);
  REQUIRE(news.has_value());
  CHECK(std::holds_alternative<delivery>(news->front()));
}

rd_kafka_resp_err_t wait_for(rd_kafka_t*, void* may_end) {
  static_cast<std::promise<void>*>(may_end)->get_future().wait();
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// A client that can only be destroyed once it may end.
rd_kafka_t* clinging(mock_fixture& f, std::promise<void>& may_end) {
  auto conf = kafka::make_conf(f.options(), {}, {}).value();
  const auto on_new = [](rd_kafka_t* client, const rd_kafka_conf_t*, void* opaque, char*, std::size_t) {
    return rd_kafka_interceptor_add_on_destroy(client, "clinging", wait_for, opaque);
  };
  REQUIRE(kafka::is_good(rd_kafka_conf_interceptor_add_on_new(conf.get(), "clinging", on_new, &may_end)));
  return kafka::make_client(RD_KAFKA_PRODUCER, std::move(conf)).value();
}

// How long a reader that is connected already takes to its first record of a topic that is new to it. The library looks
// for the leaders of new topics once a second, counted from its start.
awaitable<base::steady_time::duration> first_record_of_a_connected_reader(mock_fixture& f) {
  auto reader = f.kafka->make_reader(f.loop.get_executor());
  co_await base::sleep_for(150ms);
  const auto began = std::chrono::steady_clock::now();
  reader->follow({f.topic, 0}, from_offset{0});
  for (bool found = false; !found;) {
    auto items = co_await reader->receive(10);
    REQUIRE(items.has_value());
    for (const auto& item : *items) found = found || std::holds_alternative<base::record_ptr>(item);
  }
  co_return std::chrono::steady_clock::now() - began;
}

awaitable<void> readers_that_wait_for_no_second(mock_fixture& f) {
  auto p = f.kafka->make_producer(f.loop.get_executor());
  const auto written = co_await publish(*p, f.rec(1), in(10s));
  REQUIRE(written.has_value());
  auto least = base::steady_time::duration::max();
  // Whatever else this machine does, one of them is quick.
  for (int i = 0; i < 5; ++i) least = std::min(least, co_await first_record_of_a_connected_reader(f));
  CHECK(least < 500ms);
}

}  // namespace

TEST_CASE("a producer knows the topics before its first record") {
  mock_fixture f;
  f.run([&] { return ready_before_the_first_publish(f); });
}

TEST_CASE("a reader asks at once where the partitions of a topic are") {
  mock_fixture f;
  f.run([&] { return readers_that_wait_for_no_second(f); });
}

TEST_CASE("what is published in one turn of the loop leaves in one request") {
  mock_fixture f;
  f.run([&] { return one_request_for_a_turn(f); });
}

TEST_CASE("the library's threads take the processor from no loop that gives them records") {
  mock_fixture f;
  f.run([&] { return threads_interrupt_nobody(f); });
}

TEST_CASE("what a reader has not taken in yet is in the metrics") {
  mock_fixture f;
  f.run([&] { return lag_is_shown(f); });
}

TEST_CASE("a header without a value is none, an empty one is") {
  mock_fixture f;
  f.run([&] { return null_header(f); });
}

TEST_CASE(
    "a reader that retention has overtaken is told that its position is lost, and is given nothing past the hole") {
  mock_fixture f;
  f.run([&] { return left_behind(f); });
}

TEST_CASE("a bus ends soon although its brokers are away and many offsets are asked for") {
  std::optional<mock_fixture> f(std::in_place);
  set_down(*f, true);
  for (std::int32_t n = 0; n < 100; ++n) {
    partition_id id{f->topic, n};
    asio::co_spawn(f->loop, f->kafka->end_offset(std::move(id)), asio::detached);
  }
  f->loop.poll();
  const auto begin = std::chrono::steady_clock::now();
  f.reset();
  // One by one it takes a second each.
  CHECK(std::chrono::steady_clock::now() - begin < 40s);
}

TEST_CASE("the bus knows how long a question to its brokers takes once it has looked at its topics") {
  mock_fixture f;
  kafka::dependencies c(f.options(), f.metrics, f.log);
  REQUIRE(kafka::ensure_topics(c, f.topics()).has_value());
  REQUIRE(c.round_trip().has_value());
  CHECK(*c.round_trip() > 0us);
  for (std::int32_t broker = 1; broker <= 3; ++broker) rd_kafka_mock_broker_set_rtt(f.cluster.get(), broker, 40);
  REQUIRE(kafka::ensure_topics(c, f.topics()).has_value());
  CHECK(*c.round_trip() >= 40ms);
}

TEST_CASE("a bus ends soon although one of its clients does not, and what that reads lives on") {
  mock_fixture f;
  std::promise<void> may_end;
  auto bytes = std::make_shared<int>();
  const std::weak_ptr<int> read = bytes;
  std::optional<kafka::dependencies> c(std::in_place, f.options(), f.metrics, f.log);
  c->retire(clinging(f, may_end), std::move(bytes));
  const auto end = std::async(std::launch::async, [&] { c.reset(); });
  CHECK(end.wait_for(40s) == std::future_status::ready);
  CHECK_FALSE(read.expired());
  may_end.set_value();
  while (!read.expired()) std::this_thread::sleep_for(1ms);
}

TEST_CASE("a member of a group that works for longer than the poll interval stays a member") {
  mock_fixture f(properties{{"max.poll.interval.ms", "7000"}, {"session.timeout.ms", "6000"}});
  f.run([&] { return a_member_that_is_busy(f); });
}
