#include "bus/kafka/housekeeper.hpp"

namespace streamdemo::bus::kafka {

std::string without_times(std::string_view message) {
  return std::string(message.substr(0, message.rfind(" (after ")));
}

std::vector<setting> housekeeping_settings() {
  // Serving the statistics also counts as polling: it keeps a member whose partitions have no records within the
  // library's max.poll.interval.ms.
  return {{"log.queue", "true"}, {"statistics.interval.ms", "5000"}};
}

bool housekeeper::serve(rd_kafka_event_t* e) {
  switch (rd_kafka_event_type(e)) {
    case RD_KAFKA_EVENT_LOG: {
      const char* facility = nullptr;
      const char* text = nullptr;
      int level = 0;
      rd_kafka_event_log(e, &facility, &text, &level);
      deps_.log.debug("{}: {}: {}", client_, facility, text);
      return true;
    }
    case RD_KAFKA_EVENT_ERROR:
      if (rd_kafka_event_error_is_fatal(e)) return false;
      // The loss of one broker is common, and clients that are affected by it report it themselves.
      if (rd_kafka_event_error(e) == RD_KAFKA_RESP_ERR__TRANSPORT) {
        deps_.log.debug("{}: {}", client_, rd_kafka_event_error_string(e));
      } else if (rd_kafka_event_error(e) == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        deps_.warn(fmt::format("no broker can be reached, trying again; kafka.brokers = {}",
                               fmt::join(deps_.options.brokers, ", ")));
      } else {
        deps_.warn(without_times(rd_kafka_event_error_string(e)));
      }
      return true;
    case RD_KAFKA_EVENT_STATS:
      if (const auto s = read_statistics(rd_kafka_event_stats(e))) gauges_.show(*s);
      return true;
    default:
      return false;
  }
}

}  // namespace streamdemo::bus::kafka
