#include "bus/kafka/topic_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "bus/kafka/record_room.hpp"

namespace streamdemo::bus::kafka {

namespace {

std::int64_t number(const std::string& text) {
  std::int64_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

// Kafka's default for max.message.bytes.
constexpr std::size_t usual_message_bytes = 1048588;

std::string alteration(const topic_spec& spec, const std::string& wanted) {
  return fmt::format("kafka-configs.sh --alter --entity-type topics --entity-name {} --add-config {}", spec.name,
                     wanted);
}

error refuse(const topic_spec& spec, const std::string& what, const std::string& wanted) {
  return {errc::invalid_argument, fmt::format("topic '{}' has {}; change it with {}, or name another topic in [topics]",
                                              spec.name, what, alteration(spec, wanted))};
}

std::string text_of(const topic_settings& found, const char* name) {
  const auto it = found.find(name);
  return it == found.end() ? std::string() : it->second;
}

// With at least three copies an acknowledged record survives the loss of any one broker, and writes still succeed.
bool is_promised(const topic_spec& spec) {
  return spec.replication > 2;
}

// How many copies exist when a record is acknowledged (min.insync.replicas); 0: the broker did not say.
std::int64_t copies_acknowledged(const topic_settings& found) {
  return number(text_of(found, "min.insync.replicas"));
}

// The topic must accept the largest record that this program writes: the broker would refuse it on every retry.
result<void> check_room(const topic_spec& spec, const topic_settings& found) {
  const auto most = max_message_bytes(found);
  const auto needed = bytes_on_wire(spec.max_record_bytes);
  if (!most || spec.max_record_bytes == 0 || *most >= needed) return {};
  auto e = refuse(spec,
                  fmt::format("max.message.bytes={}, but a record may take {} (processor.max_record_bytes and what is "
                              "around it)",
                              *most, needed),
                  fmt::format("max.message.bytes={}", needed));
  e.message += ", or lower processor.max_record_bytes";
  return e;
}

}  // namespace

std::optional<std::size_t> max_message_bytes(const topic_settings& found) {
  const auto n = number(text_of(found, "max.message.bytes"));
  if (n <= 0) return std::nullopt;
  return static_cast<std::size_t>(n);
}

topic_settings settings_for(const topic_spec& spec, bool log_append_time) {
  topic_settings s{{"cleanup.policy", "delete"}, {"retention.bytes", "-1"}};
  if (spec.retention.count() > 0) s["retention.ms"] = std::to_string(spec.retention.count());
  if (log_append_time) s["message.timestamp.type"] = "LogAppendTime";
  if (spec.max_record_bytes > 0) {
    s["max.message.bytes"] = std::to_string(std::max(bytes_on_wire(spec.max_record_bytes), usual_message_bytes));
  }
  if (is_promised(spec)) s["min.insync.replicas"] = std::to_string(spec.replication - 1);
  return s;
}

result<void> check_partitions(const topic_spec& spec, std::int32_t partitions) {
  if (partitions == spec.partitions) return {};
  return error{errc::invalid_argument,
               fmt::format("topic '{0}' has {1} partitions, {2} are asked for: set topics.partitions = {1}, or name "
                           "another topic in [topics]",
                           spec.name, partitions, spec.partitions)};
}

result<void> check_copies(const topic_spec& spec, std::int32_t copies, const topic_settings& found) {
  if (copies < spec.replication) {
    return error{errc::invalid_argument,
                 fmt::format("topic '{0}' has {1} copies of a partition, {2} are asked for: add copies with "
                             "kafka-reassign-partitions.sh, set topics.replication = {1}, or name another topic in "
                             "[topics]",
                             spec.name, copies, spec.replication)};
  }
  if (is_promised(spec) && copies_acknowledged(found) == 1) {
    return refuse(spec,
                  "min.insync.replicas=1: what is acknowledged may be on one broker alone, and topics.replication = " +
                      std::to_string(spec.replication) + " promises that it survives the loss of any one",
                  fmt::format("min.insync.replicas={}", copies - 1));
  }
  return {};
}

std::vector<std::string> remarks(const topic_spec& spec, std::int32_t copies, const topic_settings& found) {
  std::vector<std::string> all;
  // Where min.insync.replicas is larger than the number of copies, brokers require all copies.
  if (copies > 1 && copies_acknowledged(found) >= copies) {
    all.push_back(fmt::format(
        "topic '{}' has min.insync.replicas={} with {} copies: while one broker is away no task is taken and "
        "no run gets on; {} if that is not what you want",
        spec.name, copies, copies, alteration(spec, fmt::format("min.insync.replicas={}", copies - 1))));
  }
  if (copies > 1 && text_of(found, "unclean.leader.election.enable") == "true") {
    all.push_back(
        fmt::format("topic '{}' has unclean.leader.election.enable=true: when all brokers with the whole log are away, "
                    "one without it "
                    "takes over, and acknowledged records are gone; {} if that is not what you want",
                    spec.name, alteration(spec, "unclean.leader.election.enable=false")));
  }
  return all;
}

result<void> check_settings(const topic_spec& spec, const topic_settings& found) {
  const auto has = [&](const char* name) { return text_of(found, name); };
  // A setting that the broker does not report is not checked.
  if (const auto type = has("message.timestamp.type"); !type.empty() && type != "LogAppendTime") {
    return refuse(spec, "message.timestamp.type=" + type + ", but this program needs the broker's times",
                  "message.timestamp.type=LogAppendTime");
  }
  if (auto room = check_room(spec, found); !room) return room;
  // Reported, but empty: nothing is ever dropped, so the retention settings do not matter.
  if (const auto policy = found.find("cleanup.policy"); policy != found.end() && policy->second.empty()) return {};
  if (const auto policy = has("cleanup.policy"); policy.find("compact") != std::string::npos) {
    return refuse(spec, "cleanup.policy=" + policy + ", which drops records of tasks that still run",
                  "cleanup.policy=delete");
  }
  if (const auto bytes = has("retention.bytes"); !bytes.empty() && number(bytes) != -1) {
    return refuse(spec, "retention.bytes=" + bytes + ", which drops records before their time", "retention.bytes=-1");
  }
  if (const auto ms = has("retention.ms"); !ms.empty() && number(ms) != -1 && number(ms) < spec.retention.count()) {
    return refuse(spec, fmt::format("retention.ms={}, but records are needed for {} ms", ms, spec.retention.count()),
                  fmt::format("retention.ms={}", spec.retention.count()));
  }
  return {};
}

}  // namespace streamdemo::bus::kafka
