// The Kafka producer: two client producers, one wake-up, one timer. Shared by the handlers of both. Owner's executor
// only.
#pragma once
#include <streamdemo/base/notifier.hpp>

#include "bus/earliest_timer.hpp"
#include "bus/kafka/client_producer.hpp"

namespace streamdemo::bus::kafka {

class producer_impl final : public std::enable_shared_from_this<producer_impl> {
 public:
  producer_impl(executor ex, dependencies& d);

  // As in the contract.
  void publish(record r, std::optional<steady_time> deadline, producer::done d);
  void publish_together(std::vector<record>& all, steady_time deadline, producer::done d);
  void close() { closed_ = true; }
  static awaitable<drain_report> drain(std::shared_ptr<producer_impl> self, steady_time deadline);

  // Call once, after a shared_ptr owns this.
  void start();
  // Drops all open publishes; no callback is called any more.
  void abandon();

 private:
  void refuse(const record& r, errc code, std::string_view why, producer::done d);
  void settle();
  void settled();
  void gather(steady_time now);
  static void flush_gathered(const std::shared_ptr<producer_impl>& self);
  void flush(steady_time now);
  void turn();
  void complete();
  void watch();
  void tick();

  dependencies& deps_;
  executor ex_;
  std::shared_ptr<wakeup> wakeup_;
  std::vector<completion> completed_;
  client_producer timed_;    // for records with a deadline
  client_producer patient_;  // for records that are retried without end
  earliest_timer timer_;
  base::notifier changed_;
  std::size_t in_flight_ = 0;
  bool closed_ = false;
  bool abandoned_ = false;
  bool posted_ = false;
  std::optional<steady_time> gathering_since_;  // set until the posted flush runs
};

}  // namespace streamdemo::bus::kafka
