#include "bus/kafka/topic_rules.hpp"

#include <fmt/format.h>

#include <charconv>

namespace streamdemo::bus::kafka {

namespace {

std::int64_t number(const std::string& text) {
  std::int64_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

error refuse(const topic_spec& spec, const std::string& what, const std::string& wanted) {
  return {errc::invalid_argument,
          fmt::format("topic '{0}' has {1}; change it with kafka-configs.sh --alter --entity-type topics --entity-name "
                      "{0} --add-config {2}, or name another topic in [topics]",
                      spec.name, what, wanted)};
}

}  // namespace

topic_settings settings_for(const topic_spec& spec, bool log_append_time) {
  topic_settings s{{"cleanup.policy", "delete"}, {"retention.bytes", "-1"}};
  if (spec.retention.count() > 0) s["retention.ms"] = std::to_string(spec.retention.count());
  if (log_append_time) s["message.timestamp.type"] = "LogAppendTime";
  // With three copies an acknowledged record survives the loss of any one broker, and writing goes on meanwhile.
  if (spec.replication > 2) s["min.insync.replicas"] = std::to_string(spec.replication - 1);
  return s;
}

result<void> check_partitions(const topic_spec& spec, std::int32_t partitions) {
  if (partitions == spec.partitions) return {};
  return error{errc::invalid_argument,
               fmt::format("topic '{0}' has {1} partitions, {2} are asked for: set topics.partitions = {1}, or name "
                           "another topic in [topics]",
                           spec.name, partitions, spec.partitions)};
}

result<void> check_settings(const topic_spec& spec, const topic_settings& found) {
  const auto has = [&](const char* name) {
    const auto it = found.find(name);
    return it == found.end() ? std::string() : it->second;
  };
  // A setting that the broker does not tell is not judged.
  if (const auto type = has("message.timestamp.type"); !type.empty() && type != "LogAppendTime") {
    return refuse(spec, "message.timestamp.type=" + type + ", but the log's own times are relied on",
                  "message.timestamp.type=LogAppendTime");
  }
  // Told, but empty: nothing is ever dropped, whatever the retention says.
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
