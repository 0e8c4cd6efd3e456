// The settings of librdkafka that nobody may change, each with the guarantee that depends on it.
#include <algorithm>
#include <array>

#include "bus/kafka/client.hpp"

namespace streamdemo::bus {

namespace {

struct protected_name {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view in_sync = "a record counts once all in-sync replicas have it";
constexpr std::string_view only_completed = "only completed records are committed";
constexpr std::string_view bounded_publish =
    "gateway.publish_timeout_ms bounds a publish of a gateway, and the records of a run are never given up";
constexpr std::string_view retried = "a record is retried until its deadline";
constexpr std::string_view named_brokers = "kafka.brokers names the brokers";

constexpr std::array protected_names{
    protected_name{"acks", in_sync},
    protected_name{"request.required.acks", in_sync},
    protected_name{"enable.idempotence", "records of one producer keep their order and are not doubled"},
    protected_name{"enable.gapless.guarantee", "the records of a run keep their order"},
    protected_name{"enable.auto.commit", only_completed},
    protected_name{"enable.auto.offset.store", only_completed},
    protected_name{"auto.commit.enable", only_completed},
    protected_name{"auto.offset.reset", "a reader is told of a lost position, and a group begins at the oldest record"},
    protected_name{"group.id", "topics.group names the group"},
    protected_name{"group.instance.id", "a restarted process is not its predecessor"},
    protected_name{"partition.assignment.strategy", "partitions move one by one"},
    protected_name{"group.protocol", "partitions move one by one"},  // of librdkafka 2.4 and later
    protected_name{"group.remote.assignor", "partitions move one by one"},
    protected_name{"partitioner", "every client must pick the same partition for a key"},
    protected_name{"message.timeout.ms", bounded_publish},
    protected_name{"delivery.timeout.ms", bounded_publish},
    protected_name{"retries", retried},
    protected_name{"message.send.max.retries", retried},
    protected_name{"transactional.id", "no transactions are used"},
    protected_name{"isolation.level", "every record of the log counts"},
    protected_name{"bootstrap.servers", named_brokers},
    protected_name{"metadata.broker.list", named_brokers},
    protected_name{"allow.auto.create.topics", "topics are made with the settings of [topics]"},
    protected_name{"enable.partition.eof", "the end that counts is the one that existed at the start"},
    protected_name{"enabled_events", "events are served by this program"},
    protected_name{"log.queue", "the library's log lines go to this program's log"},
    protected_name{"statistics.interval.ms", "this program's metrics are made of the statistics"},
};

}  // namespace

std::optional<std::string> protected_property(std::string_view name) {
  const auto it = std::find_if(protected_names.begin(), protected_names.end(), [&](auto& p) { return p.name == name; });
  if (it == protected_names.end()) return std::nullopt;
  return std::string(it->why);
}

}  // namespace streamdemo::bus
