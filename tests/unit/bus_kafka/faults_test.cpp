// The Kafka bus when brokers misbehave, on brokers that librdkafka plays itself.
#include "mock_stage.hpp"

using namespace streamdemo;
using namespace streamdemo::kafka_tests;

namespace {

constexpr std::int16_t produce_request = 0;

awaitable<void> a_fatal_error_loses_nothing(stage& s) {
  auto p = s.kafka->make_producer(s.loop.get_executor());
  outcomes o;
  const auto warm = co_await publish(*p, s.rec(0));
  REQUIRE(warm.has_value());
  // As many as are in flight: what follows a refused record is refused, too, as real brokers would that miss its
  // number.
  constexpr auto no = RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
  rd_kafka_mock_push_request_errors(s.cluster.get(), produce_request, 5, no, no, no, no, no);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 1; i < 100; ++i) o.publish(*p, s.rec(i), std::nullopt);
  while (o.ended < 99) co_await base::sleep_for(10ms);
  CHECK(std::chrono::steady_clock::now() - begin >= 500ms);  // a new client comes no sooner
  for (const auto& done : o.of) CHECK(done->has_value());
  const auto seen = co_await numbers_in_log(s);
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

}  // namespace

TEST_CASE("a fatal error of the library's producer loses no record, and the order stays") {
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
