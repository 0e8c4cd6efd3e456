// One librdkafka consumer with its events: what the member of a group and the reader of named partitions have in
// common. Owner's executor only, but for what says otherwise.
#pragma once
#include "bus/kafka/guarded_post.hpp"
#include "bus/kafka/housekeeper.hpp"
#include "bus/kafka/wakeup.hpp"

namespace streamdemo::bus::kafka {

class consumer_client {
 public:
  struct setup {
    std::vector<setting> defaults;  // beside those of every consumer; the user may set others
    std::vector<setting> fixed;
    int events = 0;  // librdkafka's, beside those of housekeeping
    std::function<client_ptr(rd_kafka_t*)> own;
    std::function<void()> turn;  // called on the executor after something came; holds its owner weakly
  };

  // `role` is part of the client's name.
  consumer_client(executor ex, dependencies& d, std::string_view role);

  // Once. Error: invalid_argument.
  result<void> start(setup s);
  // Nothing comes any more, neither from the library nor through guard(). The client ends once no call under way holds
  // it.
  void stop();

  // Null before start() and after stop().
  rd_kafka_t* handle() const noexcept { return client_.get(); }
  // For calls on other threads.
  client_ptr share() const noexcept { return client_; }
  wakeup& bell() noexcept { return *wakeup_; }
  // How a call on another thread gives its result to the owner.
  const std::shared_ptr<guarded_post>& guard() const noexcept { return guard_; }

  // Hands the events of the client's own queue to `f`, or those of another queue of it. What is too much for one turn
  // is left for the next.
  template <class F>
  void serve(F f) {
    serve(events_.get(), f);
  }
  template <class F>
  void serve(rd_kafka_queue_t* queue, F f) {
    if (queue == nullptr) return;
    for (int n = 0; n < events_per_turn; ++n) {
      const event_ptr e(rd_kafka_queue_poll(queue, 0));
      if (!e) return;
      f(e.get());
    }
    wakeup_->ring();
  }
  // True: it was an event that every client has.
  bool keep_house(rd_kafka_event_t* e) { return housekeeper_.serve(e); }

 private:
  dependencies& deps_;
  housekeeper housekeeper_;
  std::shared_ptr<wakeup> wakeup_;
  std::shared_ptr<guarded_post> guard_;
  client_ptr client_;
  queue_ptr events_;
};

// A partition's queue in the client: no more is fetched while so many records wait to be taken.
inline constexpr std::size_t enough_records = 2000;

}  // namespace streamdemo::bus::kafka
