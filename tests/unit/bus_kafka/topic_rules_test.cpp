#include "bus/kafka/topic_rules.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::bus;
using namespace streamdemo::bus::kafka;

namespace {

topic_spec response() {
  topic_spec s;
  s.name = "response";
  s.partitions = 12;
  s.replication = 3;
  s.retention = base::milliseconds(10'800'000);
  return s;
}

bool refuses(const topic_settings& found, const std::string& what, const std::string& advice) {
  const auto r = check_settings(response(), found);
  return r.has_error() && r.error().code == errc::invalid_argument &&
         r.error().message.find("response") != std::string::npos && r.error().message.find(what) != std::string::npos &&
         r.error().message.find(advice) != std::string::npos;
}

}  // namespace

TEST_CASE("a topic is made to keep every record for its time, with the log's own times") {
  const auto s = settings_for(response(), true);
  CHECK(s == topic_settings{{"cleanup.policy", "delete"},
                            {"retention.bytes", "-1"},
                            {"retention.ms", "10800000"},
                            {"message.timestamp.type", "LogAppendTime"},
                            {"min.insync.replicas", "2"}});
  CHECK(check_settings(response(), s).has_value());
}

TEST_CASE("one or two copies need no second one to acknowledge, and no retention asks for none") {
  auto one = response();
  one.replication = 1;
  one.retention = base::milliseconds(0);
  CHECK(settings_for(one, false) == topic_settings{{"cleanup.policy", "delete"}, {"retention.bytes", "-1"}});
}

TEST_CASE("a topic is made with room for the largest record, and one without it is refused") {
  auto spec = response();
  spec.max_record_bytes = 921'600;
  // Never less than Kafka's own default.
  CHECK(settings_for(spec, true).at("max.message.bytes") == "1048588");
  CHECK(check_settings(spec, {{"max.message.bytes", "987136"}}).has_value());
  spec.max_record_bytes = 4 << 20;
  CHECK(settings_for(spec, true).at("max.message.bytes") == "4259840");
  CHECK(check_settings(spec, settings_for(spec, true)).has_value());
  const auto r = check_settings(spec, {{"max.message.bytes", "1048588"}});
  REQUIRE(r.has_error());
  CHECK(r.error().code == errc::invalid_argument);
  CHECK(r.error().message.find("--add-config max.message.bytes=4259840") != std::string::npos);
  CHECK(r.error().message.find("processor.max_record_bytes") != std::string::npos);
  CHECK(max_message_bytes({{"max.message.bytes", "1000"}}) == 1000u);
  CHECK_FALSE(max_message_bytes({}).has_value());
}

TEST_CASE("fewer copies than are asked for are refused, more are not") {
  CHECK(check_copies(response(), 3, {{"min.insync.replicas", "2"}}).has_value());
  CHECK(check_copies(response(), 5, {{"min.insync.replicas", "3"}}).has_value());
  CHECK(check_copies(response(), 3, {}).has_value());
  const auto r = check_copies(response(), 2, {});
  REQUIRE(r.has_error());
  CHECK(r.error().code == errc::invalid_argument);
  CHECK(r.error().message.find("topics.replication = 2") != std::string::npos);
}

TEST_CASE("three copies of which one acknowledges break the promise; with one or two there is none to break") {
  const auto r = check_copies(response(), 3, {{"min.insync.replicas", "1"}});
  REQUIRE(r.has_error());
  CHECK(r.error().code == errc::invalid_argument);
  CHECK(r.error().message.find("--add-config min.insync.replicas=2") != std::string::npos);
  CHECK(check_copies(response(), 3, {{"min.insync.replicas", "5"}}).has_value());
  for (const std::int16_t copies : {1, 2}) {
    auto few = response();
    few.replication = copies;
    CHECK(check_copies(few, copies, {{"min.insync.replicas", "1"}}).has_value());
    CHECK(check_copies(few, 3, {{"min.insync.replicas", "1"}}).has_value());
  }
}

TEST_CASE("what somebody may have chosen is remarked on, with what would change it") {
  CHECK(remarks(response(), 3, {{"min.insync.replicas", "2"}, {"unclean.leader.election.enable", "false"}}).empty());
  const auto all = remarks(response(), 3, {{"min.insync.replicas", "3"}, {"unclean.leader.election.enable", "true"}});
  REQUIRE(all.size() == 2);
  CHECK(all[0].find("--add-config min.insync.replicas=2") != std::string::npos);
  CHECK(all[1].find("--add-config unclean.leader.election.enable=false") != std::string::npos);
  // A single copy has nobody to wait for, nor to elect, whatever the cluster's defaults are.
  CHECK(remarks(response(), 1, {{"min.insync.replicas", "2"}, {"unclean.leader.election.enable", "true"}}).empty());
}

TEST_CASE("another number of partitions is refused, naming the setting and the number") {
  CHECK(check_partitions(response(), 12).has_value());
  const auto r = check_partitions(response(), 6);
  REQUIRE(r.has_error());
  CHECK(r.error().code == errc::invalid_argument);
  CHECK(r.error().message.find("topics.partitions = 6") != std::string::npos);
}

TEST_CASE("a topic that breaks a promise is refused, and the message says what to change") {
  CHECK(refuses({{"message.timestamp.type", "CreateTime"}}, "CreateTime", "message.timestamp.type=LogAppendTime"));
  CHECK(refuses({{"cleanup.policy", "compact,delete"}}, "compact,delete", "cleanup.policy=delete"));
  CHECK(refuses({{"retention.bytes", "1000000"}}, "1000000", "retention.bytes=-1"));
  CHECK(refuses({{"retention.ms", "10799999"}}, "10799999", "retention.ms=10800000"));
}

TEST_CASE("longer is good enough, for ever too, and what the brokers do not tell is not judged") {
  CHECK(check_settings(response(), {{"retention.ms", "10800001"}}).has_value());
  CHECK(check_settings(response(), {{"retention.ms", "-1"}, {"retention.bytes", "-1"}}).has_value());
  CHECK(check_settings(response(), {}).has_value());
}

TEST_CASE("without any clean-up nothing is dropped: the retention is not judged, the times are") {
  CHECK(check_settings(response(), {{"cleanup.policy", ""}, {"retention.ms", "60000"}, {"retention.bytes", "1000"}})
            .has_value());
  CHECK(refuses({{"cleanup.policy", ""}, {"message.timestamp.type", "CreateTime"}}, "CreateTime", "LogAppendTime"));
}
