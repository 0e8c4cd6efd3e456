#include "bus/kafka/client.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>

#include <array>

namespace streamdemo::bus::kafka {

errc code_of(rd_kafka_resp_err_t e) noexcept {
  switch (e) {
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return errc::full;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return errc::too_large;
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
      return errc::timed_out;
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return errc::not_found;
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      return errc::invalid_argument;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return errc::position_lost;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return errc::already_exists;
    default:
      return errc::unavailable;
  }
}

error error_of(rd_kafka_resp_err_t e, std::string_view what) {
  return {code_of(e), fmt::format("{}: {}", what, rd_kafka_err2str(e))};
}

namespace {

result<void> set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> why{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size()) == RD_KAFKA_CONF_OK) return {};
  return error{errc::invalid_argument, why.data()};
}

// As set(), for a property from the user, who must not override the protected ones.
result<void> set_property(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  if (const auto why = protected_property(name)) {
    return error{errc::invalid_argument, fmt::format("may not be set: {}", *why)};
  }
  return set(conf, name, value);
}

std::vector<setting> common_settings(const kafka_options& o) {
  return {
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
}

}  // namespace

result<conf_ptr> make_conf(const kafka_options& o, const std::vector<setting>& defaults,
                           const std::vector<setting>& fixed) {
  conf_ptr conf(rd_kafka_conf_new());
  const auto set_all = [&](const std::vector<setting>& all) -> result<void> {
    for (const auto& s : all) {
      if (auto done = set(conf.get(), s.name, s.value); !done) return done;
    }
    return {};
  };
  if (auto done = set_all(common_settings(o)); !done) return done.error();
  if (auto done = set_all(defaults); !done) return done.error();
  for (const auto& [name, value] : o.properties) {
    if (auto done = set_property(conf.get(), name, value); !done) {
      return error{errc::invalid_argument, fmt::format("kafka.properties.{} {}", name, done.error().message)};
    }
  }
  if (auto done = set_all(fixed); !done) return done.error();
  return conf;
}

namespace {

// A thread of the library wakes at the first record that a loop gives it, and sends those that it finds then. If it
// took the processor from that loop, as threads that sleep much do, it would find one record instead of all. A batch
// thread (sched(7)) does not; it still runs at once on a processor that is free.
rd_kafka_resp_err_t interrupt_nobody(rd_kafka_t*, rd_kafka_thread_type_t, const char*, void*) {
  const sched_param none{};
  static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_BATCH, &none));
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t at_new_client(rd_kafka_t* client, const rd_kafka_conf_t*, void*, char*, std::size_t) {
  return rd_kafka_interceptor_add_on_thread_start(client, "scheduling", interrupt_nobody, nullptr);
}

}  // namespace

result<rd_kafka_t*> make_client(rd_kafka_type_t type, conf_ptr conf) {
  std::array<char, 512> why{};
  rd_kafka_conf_interceptor_add_on_new(conf.get(), "scheduling", at_new_client, nullptr);
  auto* client = rd_kafka_new(type, conf.get(), why.data(), why.size());
  if (client == nullptr) {
    return error{errc::invalid_argument,
                 fmt::format("no Kafka client could be made of kafka.brokers and kafka.properties: {}", why.data())};
  }
  (void)conf.release();  // the client owns it now
  return client;
}

partitions_ptr partition_list(const std::vector<partition_id>& ids, std::int64_t offset) {
  partitions_ptr list(rd_kafka_topic_partition_list_new(static_cast<int>(ids.size())));
  for (const auto& p : ids) {
    rd_kafka_topic_partition_list_add(list.get(), p.topic.c_str(), p.partition)->offset = offset;
  }
  return list;
}

std::vector<partition_id> ids_of(const rd_kafka_topic_partition_list_t& list) {
  std::vector<partition_id> ids;
  for (int i = 0; i < list.cnt; ++i) ids.push_back({list.elems[i].topic, list.elems[i].partition});
  return ids;
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
  if (!is_good(rd_kafka_message_headers(&m, &headers))) return r;
  constexpr std::size_t usual = 36;  // bytes of a name and its value
  r->headers.reserve(rd_kafka_header_cnt(headers), usual * rd_kafka_header_cnt(headers));
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; is_good(rd_kafka_header_get_all(headers, i, &name, &value, &size)); ++i) {
    // A null value counts as no header, since many clients write null for what they do not know. An empty one counts.
    if (value != nullptr) r->headers.add(name, {static_cast<const char*>(value), size});
  }
  return r;
}

}  // namespace streamdemo::bus::kafka

namespace streamdemo::bus {

std::optional<std::string> refused_property(const std::string& name, const std::string& value) {
  const kafka::conf_ptr conf(rd_kafka_conf_new());
  const auto done = kafka::set_property(conf.get(), name, value);
  return done ? std::nullopt : std::optional(done.error().message);
}

}  // namespace streamdemo::bus
