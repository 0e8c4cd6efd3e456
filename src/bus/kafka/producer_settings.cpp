#include "bus/kafka/producer_settings.hpp"

#include <algorithm>
#include <charconv>

#include "bus/kafka/housekeeper.hpp"
#include "bus/kafka/record_room.hpp"

namespace streamdemo::bus::kafka {

namespace {

// Of the library, whose own are 1,000,000 and 65,536 KiB; it takes no larger record than 1 GB.
constexpr std::size_t library_message_bytes = 1'000'000;
constexpr std::size_t library_most_bytes = 1'000'000'000;
constexpr std::size_t library_queue_kbytes = 65536;

std::size_t property_or(const kafka_options& o, const char* name, std::size_t otherwise) {
  const auto it = o.properties.find(name);
  if (it == o.properties.end()) return otherwise;
  std::size_t n = otherwise;
  std::from_chars(it->second.data(), it->second.data() + it->second.size(), n);
  return n;
}

// What the library takes as one record: every record that this program may publish, whatever the user set.
std::size_t message_bytes(const kafka_options& o) {
  const auto wanted = property_or(o, "message.max.bytes", library_message_bytes);
  return std::min(std::max(wanted, bytes_on_wire(o.max_record_bytes)), library_most_bytes);
}

}  // namespace

std::size_t batch_bytes(const kafka_options& o) {
  return property_or(o, "batch.size", library_message_bytes);
}

std::vector<setting> producer_defaults(const kafka_options& o) {
  return {
      {"linger.ms", "0"},
      // What costs a broker is a request, hardly the records in it. While one is under way, which carries records of
      // one partition, those of all partitions gather for the next ones; what comes alone leaves with the next flush.
      {"max.in.flight.requests.per.connection", "1"},
      {"queue.buffering.max.messages", "100000"},
      // Room for the largest record and another before it: one that never finds room would wait for ever.
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
    // A topic that was just made is known to one broker before the other; one that nobody made is an error in time.
    all.push_back(
        {"topic.metadata.propagation.max.ms", std::to_string(std::max<std::int64_t>(timeout->count() / 2, 1))});
  } else {
    // What follows a refused record must wait until that one is given again.
    all.push_back({"enable.gapless.guarantee", "true"});
  }
  return all;
}

}  // namespace streamdemo::bus::kafka
