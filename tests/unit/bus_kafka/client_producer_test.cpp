// One client of the Kafka producer, on brokers that librdkafka plays itself.
#include "bus/kafka/client_producer.hpp"

#include "mock_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::kafka_tests;

namespace {

constexpr std::int16_t produce_request = 0;
constexpr int records = 50;

void refuse_everything(mock_fixture& f, rd_kafka_resp_err_t why) {
  const std::vector<rd_kafka_resp_err_t> all(1000, why);
  rd_kafka_mock_push_request_errors_array(f.cluster.get(), produce_request, all.size(), all.data());
}

awaitable<std::vector<kafka::completion>> published_by(kafka::client_producer& l, std::vector<kafka::completion>& done,
                                                       std::size_t count) {
  l.flush();
  while (done.size() < count) {
    l.tick(std::chrono::steady_clock::now());
    l.serve(1000);
    co_await base::sleep_for(1ms);
  }
  co_return std::exchange(done, {});
}

// Until the client is broken and has reported everything: the played brokers check no sequence numbers, and would take
// what follows a refused record.
awaitable<void> refused_until_a_new_client(mock_fixture& f, rd_kafka_resp_err_t why) {
  kafka::dependencies c(f.options(), f.metrics, f.log);
  const auto bell = std::make_shared<kafka::wakeup>(f.loop.get_executor());
  std::vector<kafka::completion> done;
  kafka::client_producer patient(c, *bell, std::nullopt, done);
  const auto ignore = [](result<published>) {};
  patient.publish(f.rec(0), std::nullopt, ignore);
  patient.flush();
  while (done.empty()) {
    patient.serve(1000);
    co_await base::sleep_for(1ms);
  }
  refuse_everything(f, why);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 1; i < records; ++i) patient.publish(f.rec(i), std::nullopt, ignore);
  patient.flush();
  while (!patient.next_tick()) {
    patient.serve(1000);
    co_await base::sleep_for(1ms);
  }
  CHECK(done.size() == 1);
  rd_kafka_mock_clear_request_errors(f.cluster.get(), produce_request);
  const auto all = co_await published_by(patient, done, records);
  CHECK(std::chrono::steady_clock::now() - begin >= 500ms);  // a new client does not come at once
  for (const auto& one : all) CHECK(one.outcome.has_value());
  const auto seen = co_await numbers_in_log(f);
  CHECK(text_of(seen) == text_of(first(records)));
}

// By themselves they would leave after ten minutes.
awaitable<void> few_records(mock_fixture& f) {
  kafka::dependencies c(f.options(), f.metrics, f.log);
  const auto bell = std::make_shared<kafka::wakeup>(f.loop.get_executor());
  std::vector<kafka::completion> done;
  kafka::client_producer patient(c, *bell, std::nullopt, done, 10min);
  for (int i = 0; i < 3; ++i) {
    patient.publish(f.rec(i), std::nullopt, [](result<published>) {});
    const auto passed = co_await published_by(patient, done, 1);
    CHECK(passed[0].outcome.has_value());
  }
}

// A topic that was there, is not, and is there again, as when it is deleted and made anew.
awaitable<void> missing_for_a_while(mock_fixture& f) {
  properties quick{{"topic.metadata.propagation.max.ms", "100"}};
  kafka::dependencies c(f.options(std::move(quick)), f.metrics, f.log);
  c.remember(f.topic, 1);
  const auto bell = std::make_shared<kafka::wakeup>(f.loop.get_executor());
  std::vector<kafka::completion> done;
  rd_kafka_mock_topic_set_error(f.cluster.get(), f.topic.c_str(), RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  kafka::client_producer patient(c, *bell, std::nullopt, done);
  for (int i = 0; i < records; ++i) patient.publish(f.rec(i), std::nullopt, [](result<published>) {});
  patient.flush();
  while (!patient.next_tick()) {
    patient.serve(1000);
    co_await base::sleep_for(1ms);
  }
  CHECK(done.empty());
  CHECK(patient.open() == records);
  rd_kafka_mock_topic_set_error(f.cluster.get(), f.topic.c_str(), RD_KAFKA_RESP_ERR_NO_ERROR);
  const auto all = co_await published_by(patient, done, records);
  for (const auto& one : all) CHECK(one.outcome.has_value());
  const auto seen = co_await numbers_in_log(f);
  CHECK(text_of(seen) == text_of(first(records)));
}

void refuse_as_too_large(mock_fixture& f, std::size_t times) {
  const std::vector<rd_kafka_resp_err_t> all(times, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  rd_kafka_mock_push_request_errors_array(f.cluster.get(), produce_request, all.size(), all.data());
}

// As of a topic whose max.message.bytes was lowered below what a batch takes, but not below a record.
awaitable<void> batch_refused(mock_fixture& f, std::optional<base::milliseconds> timeout) {
  kafka::dependencies c(f.options(), f.metrics, f.log);
  const auto bell = std::make_shared<kafka::wakeup>(f.loop.get_executor());
  std::vector<kafka::completion> done;
  kafka::client_producer l(c, *bell, timeout, done);
  const auto deadline = timeout ? std::optional(in(*timeout)) : std::nullopt;
  refuse_as_too_large(f, 3);
  for (int i = 0; i < records; ++i) l.publish(f.rec(i), deadline, [](result<published>) {});
  const auto all = co_await published_by(l, done, records);
  const auto passed = std::count_if(all.begin(), all.end(), [](const auto& one) { return one.outcome.has_value(); });
  // With a deadline the library may go on before it is told not to: what it has overtaken by then is refused.
  CHECK((timeout || passed == records));
  const auto seen = co_await numbers_in_log(f);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(static_cast<std::ptrdiff_t>(seen.size()) == passed);
}

awaitable<void> overtaken(mock_fixture& f) {
  properties one_by_one{{"batch.num.messages", "1"}};
  kafka::dependencies c(f.options(std::move(one_by_one)), f.metrics, f.log);
  const auto bell = std::make_shared<kafka::wakeup>(f.loop.get_executor());
  std::vector<kafka::completion> done;
  kafka::client_producer l(c, *bell, 30s, done);
  refuse_as_too_large(f, 1);
  for (int i = 0; i < records; ++i) l.publish(f.rec(i), in(30s), [](result<published>) {});
  l.flush();
  // The library has gone on before this client hears of the refusal.
  while ((co_await numbers_in_log(f)).size() < records - 1) co_await base::sleep_for(10ms);
  const auto all = co_await published_by(l, done, records);
  REQUIRE(all.size() == records);
  const auto refused = std::count_if(all.begin(), all.end(), [](const auto& one) { return one.outcome.has_error(); });
  CHECK(refused == 1);
  const auto seen = co_await numbers_in_log(f);
  auto others = first(records);
  others.erase(others.begin());
  CHECK(text_of(seen) == text_of(others));
}

// What follows it passes, and does not wait for ever.
awaitable<void> never_fits(mock_fixture& f) {
  kafka::dependencies c(f.options(), f.metrics, f.log);
  const auto bell = std::make_shared<kafka::wakeup>(f.loop.get_executor());
  std::vector<kafka::completion> done;
  kafka::client_producer patient(c, *bell, std::nullopt, done);
  auto large = f.rec(0);
  large.value.assign(600'000, '1');
  refuse_as_too_large(f, 1000);
  patient.publish(large, std::nullopt, [](result<published>) {});
  patient.publish(f.rec(1), std::nullopt, [](result<published>) {});
  const auto told = co_await published_by(patient, done, 1);
  REQUIRE(told[0].outcome.has_error());
  CHECK(told[0].outcome.error().code == base::errc::too_large);
  rd_kafka_mock_clear_request_errors(f.cluster.get(), produce_request);
  const auto passed = co_await published_by(patient, done, 1);
  CHECK(passed[0].outcome.has_value());
}

awaitable<void> largest_record(mock_fixture& f, std::size_t bytes) {
  auto o = f.options();
  o.max_record_bytes = bytes;
  kafka::dependencies c(std::move(o), f.metrics, f.log);
  const auto bell = std::make_shared<kafka::wakeup>(f.loop.get_executor());
  std::vector<kafka::completion> done;
  kafka::client_producer patient(c, *bell, std::nullopt, done);
  auto large = f.rec(0);
  large.value.assign(bytes, 'x');
  large.headers.add("name", "value");
  patient.publish(std::move(large), std::nullopt, [](result<published>) {});
  const auto all = co_await published_by(patient, done, 1);
  const auto& outcome = all.front().outcome;
  CHECK_MESSAGE(outcome.has_value(), (outcome ? "" : outcome.error().message));
}

}  // namespace

TEST_CASE("a batch that is refused as too large takes no record with it that would pass alone, and the order stays") {
  for (const auto& timeout : {std::optional<base::milliseconds>(), std::optional<base::milliseconds>(30s)}) {
    CAPTURE(timeout.has_value());
    mock_fixture f;
    f.run([&] { return batch_refused(f, timeout); });
  }
}

TEST_CASE("a record that was refused in a batch is not put behind what was published after it") {
  mock_fixture f;
  f.run([&] { return overtaken(f); });
}

TEST_CASE("a record that no topic takes is told so, once it was tried alone") {
  mock_fixture f;
  f.run([&] { return never_fits(f); });
}

TEST_CASE("the largest record that is configured is published, whatever the library's own limits") {
  for (const std::size_t mib : {2, 64}) {
    CAPTURE(mib);
    mock_fixture f;
    f.run([&] { return largest_record(f, mib << 20); });
  }
}

TEST_CASE("records without a deadline outlive a time without their topic, and the order stays") {
  mock_fixture f;
  f.run([&] { return missing_for_a_while(f); });
}

TEST_CASE("a fatal error of the library's producer loses no record, and the order stays") {
  mock_fixture f;
  f.run([&] { return refused_until_a_new_client(f, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER); });
}

TEST_CASE("records without a deadline outlive a time without the right to write, and the order stays") {
  mock_fixture f;
  f.run([&] { return refused_until_a_new_client(f, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED); });
}

TEST_CASE("a few records leave at once although the client lingers") {
  mock_fixture f;
  f.run([&] { return few_records(f); });
}
