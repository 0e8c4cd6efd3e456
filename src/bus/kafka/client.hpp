// Wraps librdkafka's C interface: owners for its objects, errors as results, and the client configuration. Private to
// this folder, the only one that includes librdkafka.
#pragma once
#include <librdkafka/rdkafka.h>
#include <streamdemo/bus/kafka.hpp>

#include <memory>
#include <string>

namespace streamdemo::bus::kafka {

template <auto destroy>
struct deleter {
  template <class T>
  void operator()(T* p) const noexcept {
    destroy(p);
  }
};

using conf_ptr = std::unique_ptr<rd_kafka_conf_t, deleter<rd_kafka_conf_destroy>>;
using queue_ptr = std::unique_ptr<rd_kafka_queue_t, deleter<rd_kafka_queue_destroy>>;
using event_ptr = std::unique_ptr<rd_kafka_event_t, deleter<rd_kafka_event_destroy>>;
using error_ptr = std::unique_ptr<rd_kafka_error_t, deleter<rd_kafka_error_destroy>>;
using topic_ptr = std::unique_ptr<rd_kafka_topic_t, deleter<rd_kafka_topic_destroy>>;
using partitions_ptr = std::unique_ptr<rd_kafka_topic_partition_list_t, deleter<rd_kafka_topic_partition_list_destroy>>;
using partition_ptr = std::unique_ptr<rd_kafka_topic_partition_t, deleter<rd_kafka_topic_partition_destroy>>;
using metadata_ptr = std::unique_ptr<const rd_kafka_metadata_t, deleter<rd_kafka_metadata_destroy>>;

// A client, shared with the calls in progress on other threads. The last owner passes it to the client_reaper, because
// destroying it waits for its threads. Its queues and events must be destroyed before.
using client_ptr = std::shared_ptr<rd_kafka_t>;

errc code_of(rd_kafka_resp_err_t e) noexcept;
error error_of(rd_kafka_resp_err_t e, std::string_view what);
inline bool is_good(rd_kafka_resp_err_t e) noexcept {
  return e == RD_KAFKA_RESP_ERR_NO_ERROR;
}

// How many events of one client are served in a row, before other work of the loop gets its turn.
inline constexpr int events_per_turn = 200;

struct setting {
  const char* name;
  std::string value;
};

// Applies, each overriding the one before: the settings of every client, `defaults` of this one, those of the user, and
// `fixed`. Error: invalid_argument, with the name of the property that librdkafka or this program refuses.
result<conf_ptr> make_conf(const kafka_options& o, const std::vector<setting>& defaults,
                           const std::vector<setting>& fixed);

// Takes ownership of the configuration. Error: invalid_argument.
result<rd_kafka_t*> make_client(rd_kafka_type_t type, conf_ptr conf);

partitions_ptr partition_list(const std::vector<partition_id>& ids, std::int64_t offset = RD_KAFKA_OFFSET_INVALID);
std::vector<partition_id> ids_of(const rd_kafka_topic_partition_list_t& list);

// Copies a consumed message, which may be destroyed afterwards.
record_ptr record_of(const rd_kafka_message_t& m);

}  // namespace streamdemo::bus::kafka
