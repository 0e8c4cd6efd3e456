// Many tasks on one WebSocket. Each task followed is an event source of its own, with its own cursor; those that have
// news stand in a ring and are read in turn, a little from each, as the socket takes it: a task with a flood of events
// holds up no other, and nothing is queued for a client that reads slowly. What the client asks is answered by frames
// that carry its `ref`; what cannot be answered at once becomes an operation, a small coroutine that belongs to the
// loop's submissions, because a client that goes away takes no submission back.
// Made by the endpoint, owned by the stream session; everything on the session's loop.
#pragma once
#include <deque>
#include <unordered_map>

#include "gateway/api/core.hpp"
#include "gateway/api/event_source.hpp"
#include "gateway/api/stream_message.hpp"

namespace streamdemo::gateway {

class multi_source final : public http::stream_source {
 public:
  // `head`: what the submissions of this socket have in common.
  multi_source(core& a, submission head);
  ~multi_source() override;

  void attach(http::stream_sink& sink) override { sink_ = &sink; }
  http::stream_state pull(std::vector<http::piece>& out, std::size_t max_bytes) override;
  http::stream_end finish() override { return end_; }
  std::string_view heartbeat() const override { return {}; }
  void on_text(std::string_view message) override;
  bool takes_input() const override { return waiting_.empty(); }
  void drain() override;

 private:
  using outcome = checked<history_ptr>;

  // One task on this socket. Its event source wakes it instead of the session.
  struct follower final : http::stream_sink {
    follower(multi_source& of, history_ptr h, std::int64_t after);
    void wake() noexcept override;
    multi_source& of;
    bool ready = false;
    event_source events;
  };

  // Shared with the operations, which may outlive the source.
  struct link {
    multi_source* source;  // nullptr: the client is gone
  };

  void work();
  void take(stream_message m);
  std::optional<refusal> cannot_begin(const stream_message& m) const;
  void unsubscribe(const stream_message& m);
  static base::awaitable<void> carry_out(core& a, submission s, stream_message m, std::shared_ptr<link> l);
  void done(const stream_message& m, const outcome& o);
  void follow(const stream_message& m, const history_ptr& h);
  std::size_t deliver(follower& f, std::vector<http::piece>& out, std::size_t max_bytes);

  void answer(const stream_message& m, std::string_view members);
  void refuse(const refusal& why, std::string_view to, std::string_view ref, std::string_view request_id);
  void refuse(const refusal& why, const stream_message& m);
  void end(std::string last_words, http::stream_end how);
  void leave();

  core& a_;
  submission head_;
  std::shared_ptr<link> link_;
  http::stream_sink* sink_ = nullptr;

  std::unordered_map<std::string, std::unique_ptr<follower>> followers_;  // by request_id
  std::deque<follower*> ready_;         // those that may have something to say, in turn
  std::deque<std::string> waiting_;     // messages not yet taken; while there is one, no more are read
  std::vector<std::string> under_way_;  // tasks with an operation
  std::size_t to_come_ = 0;             // operations that will follow a task
  std::vector<std::string> answers_;    // on their way to the client
  http::stream_end end_;
  bool ending_ = false;
  bool draining_ = false;
};

}  // namespace streamdemo::gateway
