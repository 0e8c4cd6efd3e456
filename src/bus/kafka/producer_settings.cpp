#include "bus/kafka/producer_settings.hpp"

#include <algorithm>
#include <charconv>

#include "bus/kafka/housekeeper.hpp"
#include "bus/kafka/record_room.hpp"

namespace streamdemo::bus::kafka {

namespace {

// librdkafka's defaults for message.max.bytes and queue.buffering.max.kbytes, and the most that the former accepts.
constexpr std::size_t library_message_bytes = 1'000'000;
constexpr std::size_t library_most_bytes = 1'000'000'000;
constexpr std::size_t library_queue_kbytes = 65536;
constexpr auto in_flight = "max.in.flight.requests.per.connection";

std::size_t property_or(const kafka_options& o, const char* name, std::size_t otherwise) {
  const auto it = o.properties.find(name);
  if (it == o.properties.end()) return otherwise;
  std::size_t n = otherwise;
  std::from_chars(it->second.data(), it->second.data() + it->second.size(), n);
  return n;
}

// message.max.bytes: large enough for every record that this program may publish, even if the user set less.
std::size_t message_bytes(const kafka_options& o) {
  const auto wanted = property_or(o, "message.max.bytes", library_message_bytes);
  return std::min(std::max(wanted, bytes_on_wire(o.max_record_bytes)), library_most_bytes);
}

}  // namespace

std::size_t batch_bytes(const kafka_options& o) {
  return property_or(o, "batch.size", library_message_bytes);
}

// A broker's cost is per request, hardly per record. While one request is in flight, records of all partitions gather
// for the next ones. But a request carries one partition, so where brokers are far away, a record would wait a round
// trip for each other partition. With 4 and 8 ms that was no loss, and several requests cost more CPU; with 20 ms it
// was (docs/performance.md).
int requests_in_flight(std::optional<base::microseconds> round_trip) {
  constexpr auto far_away = std::chrono::milliseconds(15);
  constexpr int most_in_order = 5;  // that an idempotent producer may have
  return round_trip && *round_trip >= far_away ? most_in_order : 1;
}

bool user_sets_requests_in_flight(const kafka_options& o) {
  return o.properties.contains(in_flight) || o.properties.contains("max.in.flight");  // one property with two names
}

bool user_sets_linger(const kafka_options& o) {
  return o.properties.contains("linger.ms") || o.properties.contains("queue.buffering.max.ms");  // as above
}

std::vector<setting> producer_defaults(const kafka_options& o, std::optional<base::microseconds> round_trip,
                                       base::milliseconds linger) {
  return {
      {"linger.ms", std::to_string(linger.count())},
      {in_flight, std::to_string(requests_in_flight(round_trip))},
      {"queue.buffering.max.messages", "100000"},
      // Room for two of the largest records: one that is larger than the queue would wait forever.
      {"queue.buffering.max.kbytes", std::to_string(std::max(library_queue_kbytes, 2 * message_bytes(o) / 1024))},
      {"retry.backoff.ms", "50"},
  };
}

std::vector<setting> producer_fixed(const kafka_options& o, std::optional<base::milliseconds> timeout,
                                    std::size_t batch_bytes) {
  auto all = housekeeping_settings();
  all.push_back({"message.max.bytes", std::to_string(message_bytes(o))});
  all.push_back({"batch.size", std::to_string(batch_bytes)});
  all.push_back({"enable.idempotence", "true"});
  all.push_back({"acks", "all"});
  all.push_back({"partitioner", "murmur2_random"});
  all.push_back({"message.timeout.ms", std::to_string(timeout ? timeout->count() : 0)});
  if (timeout) {
    // Brokers learn of a new topic one after the other, so wait; but report a topic that does not exist in time.
    all.push_back(
        {"topic.metadata.propagation.max.ms", std::to_string(std::max<std::int64_t>(timeout->count() / 2, 1))});
  } else {
    // Records after a failed one must wait until that one is sent again, or the order would change.
    all.push_back({"enable.gapless.guarantee", "true"});
  }
  return all;
}

}  // namespace streamdemo::bus::kafka
