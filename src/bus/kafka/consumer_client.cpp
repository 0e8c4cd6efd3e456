#include "bus/kafka/consumer_client.hpp"

namespace streamdemo::bus::kafka {

namespace {

std::vector<setting> consumer_defaults() {
  return {
      // A newly assigned partition is fetched only after the broker has answered the fetch in progress, so keep it
      // short.
      {"fetch.wait.max.ms", "50"},
      {"fetch.message.max.bytes", "524288"},
      {"fetch.max.bytes", "8388608"},
      // Bound the number of records as well: queued.max.messages.kbytes counts only the values, and the library needs
      // about a kilobyte around each.
      {"queued.min.messages", std::to_string(enough_records)},
      {"queued.max.messages.kbytes", "1024"},
  };
}

std::vector<setting> consumer_fixed() {
  auto all = housekeeping_settings();
  // This program stores the offset of completed records only, and the library commits what is stored.
  all.push_back({"enable.auto.offset.store", "false"});
  all.push_back({"isolation.level", "read_uncommitted"});
  return all;
}

std::vector<setting> together(std::vector<setting> all, const std::vector<setting>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

consumer_client::consumer_client(executor ex, dependencies& d, std::string_view role)
    : deps_(d),
      housekeeper_(d, d.name_client(role)),
      wakeup_(std::make_shared<wakeup>(ex)),
      guard_(std::make_shared<guarded_post>(ex)) {}

result<void> consumer_client::start(setup s) {
  auto conf = make_conf(deps_.options, together(consumer_defaults(), s.defaults), together(consumer_fixed(), s.fixed));
  if (!conf) return conf.error();
  rd_kafka_conf_set_events(conf->get(), s.events | housekeeping_events);
  auto made = make_client(RD_KAFKA_CONSUMER, std::move(*conf));
  if (!made) return made.error();
  client_ = s.own(*made);
  rd_kafka_set_log_queue(client_.get(), nullptr);
  rd_kafka_poll_set_consumer(client_.get());
  events_.reset(rd_kafka_queue_get_consumer(client_.get()));
  wakeup_->watch(events_.get());
  wakeup_->start(std::move(s.turn));
  wakeup_->ring();  // for events that arrived before the queue was watched
  return {};
}

void consumer_client::stop() {
  guard_->shut();
  wakeup_->stop();
  if (events_) wakeup::forget(events_.get());
  events_.reset();
  client_.reset();
}

}  // namespace streamdemo::bus::kafka
