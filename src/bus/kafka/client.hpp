// What librdkafka's C interface lacks: owners for its objects, errors as results, and a client configuration. Private
// to this folder, the only one that includes librdkafka.
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
using partitions_ptr = std::unique_ptr<rd_kafka_topic_partition_list_t, deleter<rd_kafka_topic_partition_list_destroy>>;
using metadata_ptr = std::unique_ptr<const rd_kafka_metadata_t, deleter<rd_kafka_metadata_destroy>>;

// A client; destroying one may block, so it is handed to bus_context::retire() instead of being dropped.
using client_ptr = std::shared_ptr<rd_kafka_t>;

errc code_of(rd_kafka_resp_err_t e) noexcept;
error error_of(rd_kafka_resp_err_t e, std::string_view what);

// The settings that every client has, then the user's, then `own`, which nobody overrides.
struct setting {
  const char* name;
  std::string value;
};
result<conf_ptr> make_conf(const kafka_options& o, const std::vector<setting>& own);

// Takes the configuration over. Error: invalid_argument.
result<rd_kafka_t*> make_client(rd_kafka_type_t type, conf_ptr conf);

partitions_ptr one_partition(const partition_id& p, std::int64_t offset = RD_KAFKA_OFFSET_INVALID);

// Copies a message of the log. The message may be destroyed afterwards.
record_ptr record_of(const rd_kafka_message_t& m);

}  // namespace streamdemo::bus::kafka
