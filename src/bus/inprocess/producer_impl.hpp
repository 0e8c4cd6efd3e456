// The in-process producer.
#pragma once
#include <streamdemo/base/notifier.hpp>

#include "bus/earliest_timer.hpp"
#include "bus/inprocess/core.hpp"
#include "bus/inprocess/endpoint.hpp"

namespace streamdemo::bus::inprocess {

class producer_impl final : public endpoint {
 public:
  producer_impl(executor ex, std::shared_ptr<core> c)
      : endpoint(ex, c->mutex()), core_(std::move(c)), expiry_(ex), changed_(ex) {}

  // As in the contract; owner's executor.
  void publish(record&& r, std::optional<steady_time> deadline, producer::done&& d);
  void publish_together(std::vector<record>& all, steady_time deadline, producer::done d);
  void close() { closed_ = true; }
  static awaitable<drain_report> drain(std::shared_ptr<producer_impl> self, steady_time deadline);

  // Drops all open publishes; no callback is called any more.
  void abandon();

  // Any thread, with the mutex held.
  void complete(producer::done d, result<published> r);

 private:
  struct completion {
    producer::done done;
    result<published> outcome;
  };
  using predicate = std::function<bool(const waiting_publish&)>;

  void turn() override;
  // True: the record waits for room.
  bool hand_in(record&& r, std::optional<steady_time> deadline, producer::done&& d);
  bool hand_in_together(std::vector<record>& all, steady_time deadline, producer::done d);
  // The topic of the record, whose partition is chosen if it is -1; or why it cannot be published.
  result<topic_state*> place(record& r, std::optional<steady_time> deadline);
  std::size_t give_up(const predicate& which, const char* why);
  void watch(steady_time deadline);
  void expire();

  std::shared_ptr<core> core_;
  std::vector<completion> completed_;  // guarded by the mutex
  // The owner's executor only:
  earliest_timer expiry_;
  base::notifier changed_;
  std::size_t in_flight_ = 0;
  std::uint32_t turns_ = 0;  // spreads records without a key over the partitions
  bool closed_ = false;
  bool abandoned_ = false;
};

}  // namespace streamdemo::bus::inprocess
