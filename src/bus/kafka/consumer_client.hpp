// One librdkafka consumer with its events: what a group member and a reader of named partitions have in common. Owner's
// executor only, unless stated otherwise.
#pragma once
#include "bus/kafka/guarded_post.hpp"
#include "bus/kafka/housekeeper.hpp"
#include "bus/kafka/wakeup.hpp"

namespace streamdemo::bus::kafka {

class consumer_client {
 public:
  struct setup {
    std::vector<setting> defaults;  // in addition to those of every consumer; the user may override them
    std::vector<setting> fixed;
    int events = 0;  // RD_KAFKA_EVENT_* in addition to those of the housekeeper
    std::function<client_ptr(rd_kafka_t*)> own;
    std::function<void()> turn;  // called on the executor after an event arrived; must hold its owner weakly
  };

  // `role` is part of the client's name.
  consumer_client(executor ex, dependencies& d, std::string_view role);

  // Call once. Error: invalid_argument.
  result<void> start(setup s);
  // After this, neither the library nor guard() calls anything. The client is destroyed once no call in progress holds
  // it.
  void stop();

  // Null before start() and after stop().
  rd_kafka_t* handle() const noexcept { return client_.get(); }
  // Keeps the client alive, for calls on other threads.
  client_ptr share() const noexcept { return client_; }
  wakeup& bell() noexcept { return *wakeup_; }
  // Through this a call on another thread posts its result to the owner.
  const std::shared_ptr<guarded_post>& guard() const noexcept { return guard_; }

  // Calls `f` for each event of the client's main queue, or of another queue of it. At most events_per_turn; the rest
  // follows in the next turn.
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
  // True: it was an event that every client has, and it has been handled.
  bool keep_house(rd_kafka_event_t* e) { return housekeeper_.serve(e); }

 private:
  dependencies& deps_;
  housekeeper housekeeper_;
  std::shared_ptr<wakeup> wakeup_;
  std::shared_ptr<guarded_post> guard_;
  client_ptr client_;
  queue_ptr events_;
};

// librdkafka fetches no more of a partition while this many of its records wait in the client.
inline constexpr std::size_t enough_records = 2000;

}  // namespace streamdemo::bus::kafka
