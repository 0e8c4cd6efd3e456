#include "bus/kafka/statistics.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::bus::kafka;

namespace {

constexpr auto producer_json = R"({"type":"producer","msg_cnt":7,"msg_size":700,
  "brokers":{
    "127.0.0.1:1/bootstrap":{"nodeid":-1,"rtt":{"cnt":5,"avg":9000}},
    "127.0.0.1:1/1":{"nodeid":1,"rtt":{"cnt":5,"avg":2500},"req":{"Produce":70,"Fetch":0,"Metadata":2}},
    "127.0.0.1:2/2":{"nodeid":2,"rtt":{"cnt":0,"avg":0},"req":{"Produce":5}}},
  "topics":{"request":{"partitions":{"0":{"consumer_lag":-1,"fetchq_cnt":0}}}}})";

constexpr auto consumer_json = R"({"type":"consumer","msg_cnt":0,"msg_size":0,
  "brokers":{"127.0.0.1:1/1":{"nodeid":1,"rtt":{"cnt":5,"avg":50000}}},
  "topics":{"response":{"partitions":{
    "0":{"fetch_state":"active","fetchq_cnt":3,"hi_offset":20,"app_offset":10},
    "1":{"fetch_state":"active","fetchq_cnt":4,"hi_offset":9,"app_offset":9},
    "2":{"fetch_state":"active","fetchq_cnt":0,"hi_offset":-1001,"app_offset":-1001},
    "3":{"fetch_state":"none","fetchq_cnt":0,"hi_offset":500,"app_offset":10},
    "-1":{"fetchq_cnt":100,"hi_offset":100,"app_offset":0}}}}})";

}  // namespace

TEST_CASE("of a producer: what is not acknowledged, and how long each broker takes") {
  const auto s = read_statistics(producer_json);
  REQUIRE(s);
  CHECK(s->out_records == 7);
  CHECK(s->out_bytes == 700);
  CHECK(s->requests == std::map<std::string, std::int64_t>{{"Metadata", 2}, {"Produce", 75}});
  CHECK(s->broker_rtt == std::map<std::string, double>{{"1", 0.0025}});
  CHECK(s->lag.empty());
  CHECK(s->fetched.empty());
}

TEST_CASE("of a consumer: what is left to read by topic; a fetch waits on purpose and is no round trip") {
  const auto s = read_statistics(consumer_json);
  REQUIRE(s);
  CHECK(s->lag == std::map<std::string, std::int64_t>{{"response", 10}});
  CHECK(s->fetched == std::map<std::string, std::int64_t>{{"response", 7}});
  CHECK(s->broker_rtt.empty());
}

TEST_CASE("a member that has no partition of a topic lags by nothing") {
  const auto s = read_statistics(R"({"type":"consumer","topics":{"request":{"partitions":{
    "0":{"fetch_state":"stopped","fetchq_cnt":0,"hi_offset":500,"app_offset":10}}}}})");
  REQUIRE(s);
  CHECK(s->lag == std::map<std::string, std::int64_t>{{"request", 0}});
}

TEST_CASE("what is no JSON object gives nothing") {
  CHECK_FALSE(read_statistics("{"));
  CHECK_FALSE(read_statistics("[]"));
  CHECK(read_statistics("{}"));
}

TEST_CASE("the metrics of a client end with it, however many there were") {
  base::metrics m;
  client_gauges stays("reader-1", m);
  stays.show(*read_statistics(consumer_json));
  for (int i = 2; i < 100; ++i) {
    const auto name = "producer-" + std::to_string(i);
    client_gauges goes(name, m);
    goes.show(*read_statistics(producer_json));
    goes.show(*read_statistics(producer_json));
    CHECK(m.expose().find(name) != std::string::npos);
  }
  const auto text = m.expose();
  CHECK(text.find("producer-") == std::string::npos);
  CHECK(text.find("streamdemo_kafka_lag_records{client=\"reader-1\",topic=\"response\"} 10") != std::string::npos);
}

TEST_CASE("statistics are shown as metrics with the client's name") {
  base::metrics m;
  client_gauges producer("producer-1", m), reader("reader-1", m);
  producer.show(*read_statistics(producer_json));
  reader.show(*read_statistics(consumer_json));
  const auto text = m.expose();
  CHECK(text.find("streamdemo_kafka_unacknowledged_records{client=\"producer-1\"} 7") != std::string::npos);
  CHECK(text.find("streamdemo_kafka_lag_records{client=\"reader-1\",topic=\"response\"} 10") != std::string::npos);
  CHECK(text.find("streamdemo_kafka_unacknowledged_records{client=\"reader-1\"") == std::string::npos);
}

TEST_CASE("requests are counted once, by all clients of a role") {
  base::metrics m;
  {
    client_gauges first("patient-producer-1", m), second("patient-producer-2", m);
    first.show(*read_statistics(producer_json));
    first.show(*read_statistics(producer_json));
    second.show(*read_statistics(producer_json));
  }
  const auto counted = "streamdemo_kafka_requests_total{api=\"Produce\",role=\"patient-producer\"} 150";
  CHECK_MESSAGE(m.expose().find(counted) != std::string::npos, m.expose());
}
