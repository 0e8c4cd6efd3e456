// The Kafka bus when brokers misbehave, on brokers that librdkafka plays itself.
#include "mock_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::kafka_tests;

namespace {

constexpr std::int16_t produce_request = 0;

awaitable<void> refused_for_a_while(mock_fixture& f) {
  auto p = f.kafka->make_producer(f.loop.get_executor());
  outcomes o;
  rd_kafka_mock_push_request_errors(f.cluster.get(), produce_request, 2, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                                    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  for (int i = 0; i < 100; ++i) o.publish(*p, f.rec(i), std::nullopt);
  while (o.ended < 100) co_await base::sleep_for(10ms);
  for (const auto& done : o.of) CHECK(done->has_value());
  const auto seen = co_await numbers_in_log(f);
  CHECK(text_of(seen) == text_of(first(100)));
}

awaitable<void> away_and_back(mock_fixture& f) {
  auto p = f.kafka->make_producer(f.loop.get_executor());
  const auto warm = co_await publish(*p, f.rec(0));
  REQUIRE(warm.has_value());
  set_down(f, true);
  outcomes patient;
  outcomes timed;
  for (int i = 1; i < 50; ++i) patient.publish(*p, f.rec(i), std::nullopt);
  const auto begin = std::chrono::steady_clock::now();
  auto given_up = f.rec(1000);
  timed.publish(*p, std::move(given_up), in(300ms));
  while (timed.ended < 1) co_await base::sleep_for(5ms);
  CHECK(std::chrono::steady_clock::now() - begin >= 300ms);
  REQUIRE(timed.of[0]->has_error());
  CHECK((timed.of[0]->error().code == errc::timed_out || timed.of[0]->error().code == errc::unavailable));
  co_await base::sleep_for(2500ms);  // longer than the library keeps a record that has a deadline
  CHECK(patient.ended == 0);
  set_down(f, false);
  while (patient.ended < 49) co_await base::sleep_for(10ms);
  const auto seen = co_await numbers_in_log(f);
  CHECK(text_of(seen) == text_of(first(50)));
}

awaitable<void> drained_while_away(mock_fixture& f) {
  auto p = f.kafka->make_producer(f.loop.get_executor());
  const auto warm = co_await publish(*p, f.rec(0));
  REQUIRE(warm.has_value());
  set_down(f, true);
  outcomes o;
  for (int i = 1; i < 50; ++i) o.publish(*p, f.rec(i), std::nullopt);
  p->close();
  const auto report = co_await p->drain(in(100ms));
  CHECK(report.lost == 49);
  CHECK(o.ended == 49);
  for (const auto& done : o.of) CHECK(done->error().code == errc::timed_out);
}

// Of a user who may not join the group, until somebody gives the right.
awaitable<void> not_allowed_to_join(mock_fixture& f, std::int16_t request) {
  const std::vector<rd_kafka_resp_err_t> all(10'000, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
  rd_kafka_mock_push_request_errors_array(f.cluster.get(), request, all.size(), all.data());
  group_options o;
  o.group = "group";
  o.topics.push_back(f.topic);
  auto c = f.kafka->join(f.loop.get_executor(), o);
  while (!c->obstacle()) co_await base::sleep_for(5ms);
  CHECK(c->obstacle()->find("--operation Read --group group") != std::string::npos);
  rd_kafka_mock_clear_request_errors(f.cluster.get(), request);
  const auto news = co_await c->receive(1);
  REQUIRE(news.has_value());
  CHECK(std::holds_alternative<assigned>(news->front()));
  CHECK_FALSE(c->obstacle());
}

// A queue of the library that is too small for what is in flight.
awaitable<void> more_than_fits(mock_fixture& f) {
  constexpr std::size_t timed_records = 1000;
  auto p = f.kafka->make_producer(f.loop.get_executor());
  outcomes patient;
  outcomes timed;
  for (int i = 0; i < 500; ++i) patient.publish(*p, f.rec(i), std::nullopt);
  for (std::size_t i = 0; i < timed_records; ++i) timed.publish(*p, f.rec(1000 + static_cast<int>(i)), in(2s));
  while (patient.ended < 500 || timed.ended < timed_records) co_await base::sleep_for(5ms);
  for (const auto& done : patient.of) CHECK(done->has_value());
  // How many depends on how quickly the brokers empty the queue meanwhile.
  const auto full = std::count_if(timed.of.begin(), timed.of.end(), [](const auto& done) {
    return done->has_error() && done->error().code == errc::full;
  });
  CHECK(full > 0);
  auto seen = co_await numbers_in_log(f);
  std::erase_if(seen, [](int n) { return n >= 1000; });
  CHECK(text_of(seen) == text_of(first(500)));
}

}  // namespace

TEST_CASE("records without a deadline survive refusals of the brokers, in order") {
  // The played brokers check no sequence numbers: they take what follows a refused request, and by that the library
  // believes that the refused one was taken, too. So one request at a time.
  mock_fixture f(properties{{"max.in.flight.requests.per.connection", "1"}});
  f.run([&] { return refused_for_a_while(f); });
}

TEST_CASE("with all brokers away a deadline is kept, and records without one are acknowledged once they are back") {
  mock_fixture f;
  f.run([&] { return away_and_back(f); });
}

TEST_CASE("a drain while all brokers are away keeps its deadline and says how much is lost") {
  mock_fixture f;
  f.run([&] { return drained_while_away(f); });
}

TEST_CASE("a full queue refuses records with a deadline, and those without wait in order") {
  mock_fixture f(properties{{"queue.buffering.max.messages", "20"}});
  f.run([&] { return more_than_fits(f); });
}

TEST_CASE("a member says that it may not join its group, and joins once it may") {
  constexpr std::int16_t find_coordinator = 10, join_group = 11;
  for (const auto request : {find_coordinator, join_group}) {
    CAPTURE(request);
    mock_fixture f;
    f.run([&] { return not_allowed_to_join(f, request); });
  }
}
