// Many tasks on one WebSocket. Each followed task has an event source with its own cursor. Those with news are in a
// list and are read in turn, a little from each, as the socket takes it: a task with very many events does not delay
// the others, and no events are queued for a client that reads slowly. Each message of the client is answered by a
// frame with its `ref`. What cannot be answered at once becomes an operation: a coroutine owned by the loop's
// submissions, because it must finish even if the client goes away.
// Made by the endpoint, owned by the stream session; everything on the session's loop.
#pragma once
#include <boost/intrusive/list.hpp>
#include <deque>
#include <unordered_map>

#include "gateway/api/call.hpp"
#include "gateway/api/stream/event_source.hpp"
#include "gateway/api/stream/stream_message.hpp"

namespace streamdemo::gateway {

class multi_source final : public http::stream_source, public watched_stream {
 public:
  multi_source(caller by, places::place place);
  ~multi_source() override;

  void attach(http::stream_sink& sink) override;
  http::stream_state pull(std::vector<http::piece>& out, std::size_t max_bytes) override;
  http::stream_end finish() override { return end_; }
  std::string_view heartbeat() const override { return {}; }
  void on_text(std::string_view message) override;
  bool takes_input() const override { return !next_ && waiting_.empty(); }
  std::size_t max_half_read() const override;
  void drain() override;
  void on_expiring(base::sys_time at) override;
  void on_access_over(access_end w) override;

 private:
  using leaves_by_itself = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
  using outcome = checked<history_ptr>;
  using parsed = boost::system::result<stream_message, bad_stream_message>;

  // One followed task. Its event source wakes it instead of the session. It is in ready_ while it may have something to
  // send, and leaves ready_ when it is destroyed.
  struct follower final : http::stream_sink, boost::intrusive::list_base_hook<leaves_by_itself> {
    follower(multi_source& of, history_ptr h, std::int64_t after);
    void wake() noexcept override;
    multi_source& of;
    event_source events;
  };

  // What a message asks for, while it is carried out.
  struct operation {
    operation(caller c, submission t, stream_message m, base::byte_budget::share r)
        : by(std::move(c)), task(std::move(t)), message(std::move(m)), room(std::move(r)) {}
    caller by;
    submission task;
    stream_message message;
    base::byte_budget::share room;  // for the payload
  };

  // Shared with the operations, which may outlive the source.
  struct link {
    multi_source* source;  // nullptr: the client is gone
  };

  void work();
  bool keep_waiting(std::size_t bytes) noexcept;
  void forget_waiting() noexcept;
  parsed parse(std::string_view message) const;
  bool must_wait(const parsed& m) const;
  void take(stream_message m);
  std::optional<refusal> cannot_begin(const stream_message& m) const;
  void authenticate(const stream_message& m);
  void unsubscribe(const stream_message& m);
  static base::awaitable<void> carry_out(std::shared_ptr<operation> under_way, std::shared_ptr<link> l);
  void done(const stream_message& m, const outcome& o);
  void follow(const stream_message& m, const history_ptr& h);
  std::size_t deliver(follower& f, std::vector<http::piece>& out, std::size_t max_bytes);

  void answer(const stream_message& m, std::string_view members);
  void refuse(const refusal& why, std::string_view to, std::string_view ref, std::string_view request_id);
  void refuse(const refusal& why, const stream_message& m);
  void end(std::string last_words, http::stream_end how);
  void leave();

  services& a_;
  caller by_;
  places::place place_;
  std::shared_ptr<link> link_;
  http::stream_sink* sink_ = nullptr;

  std::unordered_map<std::string, std::unique_ptr<follower>> followers_;                 // by request_id
  boost::intrusive::list<follower, boost::intrusive::constant_time_size<false>> ready_;  // in turn
  // Memory of the messages that wait, next_ included.
  base::byte_budget::share of_waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t next_bytes_ = 0;
  std::optional<parsed> next_;       // the message whose turn it is, once its task's operation is over
  std::deque<std::string> waiting_;  // the messages after it, unparsed; while there are any, the session reads no more
  std::vector<std::string> under_way_;  // tasks with an operation
  std::size_t to_come_ = 0;             // operations that will follow a task
  std::vector<std::string> answers_;    // on their way to the client
  http::stream_end end_;
  bool ending_ = false;
  bool draining_ = false;
};

}  // namespace streamdemo::gateway
