#include "bus/kafka/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace streamdemo::bus {

namespace {

struct protected_name {
  std::string_view name;
  std::string_view why;
};

constexpr std::array protected_names{
    protected_name{"acks", "a record counts once all in-sync replicas have it"},
    protected_name{"request.required.acks", "a record counts once all in-sync replicas have it"},
    protected_name{"enable.idempotence", "records of one producer keep their order and are not doubled"},
    protected_name{"enable.auto.commit", "only completed records are committed"},
    protected_name{"enable.auto.offset.store", "only completed records are committed"},
    protected_name{"auto.offset.reset", "a lost position is an error, never a jump"},
    protected_name{"group.id", "topics.group names the group"},
    protected_name{"group.instance.id", "a restarted process is not its predecessor"},
    protected_name{"partition.assignment.strategy", "partitions move one by one"},
    protected_name{"partitioner", "every client must pick the same partition for a key"},
    protected_name{"message.timeout.ms", "gateway.publish_timeout_ms bounds a publish, and a run's records are never given up"},
    protected_name{"delivery.timeout.ms", "gateway.publish_timeout_ms bounds a publish, and a run's records are never given up"},
    protected_name{"retries", "a record is retried until its deadline"},
    protected_name{"message.send.max.retries", "a record is retried until its deadline"},
    protected_name{"transactional.id", "no transactions are used"},
    protected_name{"isolation.level", "every record of the log counts"},
    protected_name{"bootstrap.servers", "kafka.brokers names the brokers"},
    protected_name{"metadata.broker.list", "kafka.brokers names the brokers"},
    protected_name{"allow.auto.create.topics", "topics are made with the settings of [topics]"},
    protected_name{"enable.partition.eof", "the end that counts is asked for"},
    protected_name{"enabled_events", "events are served by this program"},
};

}  // namespace

std::optional<std::string> protected_property(std::string_view name) {
  const auto it = std::find_if(protected_names.begin(), protected_names.end(), [&](auto& p) { return p.name == name; });
  if (it == protected_names.end()) return std::nullopt;
  return std::string(it->why);
}

}  // namespace streamdemo::bus

namespace streamdemo::bus::kafka {

errc code_of(rd_kafka_resp_err_t e) noexcept {
  switch (e) {
    case RD_KAFKA_RESP_ERR__QUEUE_FULL: return errc::full;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE: return errc::too_large;
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT: return errc::timed_out;
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: return errc::not_found;
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION: return errc::invalid_argument;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: return errc::position_lost;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: return errc::already_exists;
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR: return errc::invalid_argument;
    default: return errc::unavailable;
  }
}

error error_of(rd_kafka_resp_err_t e, std::string_view what) {
  return {code_of(e), fmt::format("{}: {}", what, rd_kafka_err2str(e))};
}

result<conf_ptr> make_conf(const kafka_options& o, const std::vector<setting>& own) {
  conf_ptr conf(rd_kafka_conf_new());
  const auto set = [&](const std::string& name, const std::string& value) -> result<void> {
    std::array<char, 512> why{};
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why.data(), why.size()) == RD_KAFKA_CONF_OK) return {};
    return error{errc::invalid_argument, fmt::format("kafka.properties: {}", why.data())};
  };
  const std::vector<setting> common{
      {"bootstrap.servers", fmt::format("{}", fmt::join(o.brokers, ","))},
      {"client.id", o.client_id},
      {"socket.timeout.ms", "10000"},
      {"socket.nagle.disable", "true"},
      {"topic.metadata.refresh.interval.ms", "10000"},
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"},
      {"enable.sparse.connections", "false"},  // the first publish must not wait for a connection
      {"log_level", "3"},
      {"log.connection.close", "false"},
  };
  for (const auto& s : common) {
    if (auto done = set(s.name, s.value); !done) return done.error();
  }
  for (const auto& [name, value] : o.properties) {
    if (const auto why = protected_property(name)) {
      return error{errc::invalid_argument, fmt::format("kafka.properties: {} may not be set: {}", name, *why)};
    }
    if (auto done = set(name, value); !done) return done.error();
  }
  for (const auto& s : own) {
    if (auto done = set(s.name, s.value); !done) return done.error();
  }
  return conf;
}

result<rd_kafka_t*> make_client(rd_kafka_type_t type, conf_ptr conf) {
  std::array<char, 512> why{};
  auto* client = rd_kafka_new(type, conf.get(), why.data(), why.size());
  if (client == nullptr) return error{errc::invalid_argument, fmt::format("no Kafka client could be made: {}", why.data())};
  conf.release();  // the client's now
  return client;
}

partitions_ptr one_partition(const partition_id& p, std::int64_t offset) {
  partitions_ptr list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), p.topic.c_str(), p.partition)->offset = offset;
  return list;
}

record_ptr record_of(const rd_kafka_message_t& m) {
  auto r = std::make_shared<record>();
  r->topic = rd_kafka_topic_name(m.rkt);
  r->partition = m.partition;
  r->offset = m.offset;
  rd_kafka_timestamp_type_t type{};
  r->log_time = sys_time(std::chrono::milliseconds(rd_kafka_message_timestamp(&m, &type)));
  if (m.key != nullptr) r->key.assign(static_cast<const char*>(m.key), m.key_len);
  if (m.payload != nullptr) r->value.assign(static_cast<const char*>(m.payload), m.len);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    r->headers.reserve(rd_kafka_header_cnt(headers));
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
      r->headers.push_back({name, value == nullptr ? std::string() : std::string(static_cast<const char*>(value), size)});
    }
  }
  return r;
}

}  // namespace streamdemo::bus::kafka
