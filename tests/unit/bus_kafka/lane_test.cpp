// One lane of the Kafka producer, on brokers that librdkafka plays itself.
#include "bus/kafka/lane.hpp"

#include "mock_stage.hpp"

using namespace streamdemo;
using namespace streamdemo::kafka_tests;

namespace {

constexpr std::int16_t produce_request = 0;
constexpr int records = 50;

void refuse_everything(stage& s, rd_kafka_resp_err_t why) {
  const std::vector<rd_kafka_resp_err_t> all(1000, why);
  rd_kafka_mock_push_request_errors_array(s.cluster.get(), produce_request, all.size(), all.data());
}

// Until the client is broken and has reported everything: the played brokers check no sequence numbers, and would take
// what follows a refused record.
awaitable<void> refused_until_a_new_client(stage& s, rd_kafka_resp_err_t why) {
  kafka::context c(s.options(), s.metrics, s.log);
  const auto bell = std::make_shared<kafka::wakeup>(s.loop.get_executor());
  std::vector<kafka::completion> done;
  kafka::lane patient(c, *bell, std::nullopt, done);
  const auto ignore = [](result<published>) {};
  patient.publish(s.rec(0), std::nullopt, ignore);
  patient.flush();
  while (done.empty()) {
    patient.serve(1000);
    co_await base::sleep_for(1ms);
  }
  refuse_everything(s, why);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 1; i < records; ++i) patient.publish(s.rec(i), std::nullopt, ignore);
  patient.flush();
  while (!patient.next_tick()) {
    patient.serve(1000);
    co_await base::sleep_for(1ms);
  }
  CHECK(done.size() == 1);
  rd_kafka_mock_clear_request_errors(s.cluster.get(), produce_request);
  while (done.size() < records) {
    patient.tick(std::chrono::steady_clock::now());
    patient.serve(1000);
    co_await base::sleep_for(1ms);
  }
  CHECK(std::chrono::steady_clock::now() - begin >= 500ms);  // a new client does not come at once
  for (const auto& one : done) CHECK(one.outcome.has_value());
  const auto seen = co_await numbers_in_log(s);
  CHECK(text_of(seen) == text_of(first(records)));
}

// A topic that was there, is not, and is there again, as when it is deleted and made anew.
awaitable<void> missing_for_a_while(stage& s) {
  properties quick{{"topic.metadata.propagation.max.ms", "100"}};
  kafka::context c(s.options(std::move(quick)), s.metrics, s.log);
  c.remember(s.topic, 1);
  const auto bell = std::make_shared<kafka::wakeup>(s.loop.get_executor());
  std::vector<kafka::completion> done;
  rd_kafka_mock_topic_set_error(s.cluster.get(), s.topic.c_str(), RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  kafka::lane patient(c, *bell, std::nullopt, done);
  for (int i = 0; i < records; ++i) patient.publish(s.rec(i), std::nullopt, [](result<published>) {});
  patient.flush();
  while (!patient.next_tick()) {
    patient.serve(1000);
    co_await base::sleep_for(1ms);
  }
  CHECK(done.empty());
  CHECK(patient.open() == records);
  rd_kafka_mock_topic_set_error(s.cluster.get(), s.topic.c_str(), RD_KAFKA_RESP_ERR_NO_ERROR);
  while (done.size() < records) {
    patient.tick(std::chrono::steady_clock::now());
    patient.serve(1000);
    co_await base::sleep_for(1ms);
  }
  for (const auto& one : done) CHECK(one.outcome.has_value());
  const auto seen = co_await numbers_in_log(s);
  CHECK(text_of(seen) == text_of(first(records)));
}

}  // namespace

TEST_CASE("records without a deadline outlive a time without their topic, and the order stays") {
  stage s;
  s.run([&] { return missing_for_a_while(s); });
}

TEST_CASE("a fatal error of the library's producer loses no record, and the order stays") {
  stage s;
  s.run([&] { return refused_until_a_new_client(s, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER); });
}

TEST_CASE("records without a deadline outlive a time without the right to write, and the order stays") {
  stage s;
  s.run([&] { return refused_until_a_new_client(s, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED); });
}
