// What the sessions of one loop share: the list of them, the queue of the woken ones, scratch memory and time. The hub
// owns it, and a posted flush keeps it alive. Use it on its loop only.
#pragma once
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <span>

#include "http/stream/gather.hpp"
#include "http/stream/stream_hub.hpp"
#include "http/timer_wheel.hpp"

namespace streamdemo::http {

class stream_session;
using session_ptr = boost::intrusive_ptr<stream_session>;

class stream_loop final : public std::enable_shared_from_this<stream_loop> {
 public:
  stream_loop(base::executor ex, timer_wheel& wheel, stream_hub::options o, const stream_metrics& metrics,
              const base::logger& log, stream_hub::callbacks on);

  // Takes over a new session and starts it.
  void start(session_ptr s, std::string leftover);
  // Called by a session whose socket is closed.
  void remove(stream_session& s);
  // Called by a session whose socket can serve the next request.
  void hand_back(stream_session& s, base::tcp_socket socket);
  // Appends a session to the queue; it runs two turns of the loop later, so that what its events lead to leaves with
  // them.
  void queue(stream_session& s);

  void drain();
  void cut();
  // Cuts everything, without callbacks.
  void abandon();
  bool draining() const noexcept { return draining_; }
  std::size_t size() const noexcept { return sessions_.size(); }

  const stream_hub::options& settings() const noexcept { return options_; }
  const stream_metrics& metrics() const noexcept { return metrics_; }
  const base::logger& log() const noexcept { return log_; }
  timer_wheel& wheel() noexcept { return wheel_; }
  // For what must not begin in the past: the loop may have been busy since the wheel turned.
  base::steady_time now() const { return on_.now(); }
  // When the wheel last turned: free of charge, for what may count from a little too early, and exact in a timer.
  base::steady_time last_turn() const noexcept { return wheel_.now(); }
  void count_sent(std::size_t bytes, std::size_t calls) noexcept;
  // Runs `f`, which calls a source. An exception is a bug of the source: it is logged and the session is closed.
  template <class F>
  void guard(stream_session& s, F&& f) noexcept {
    try {
      f();
    } catch (const std::exception& e) {
      failed(s, e.what());
    }
  }

  // Scratch memory; its user must leave it empty.
  gather& outgoing() noexcept { return outgoing_; }
  std::vector<piece>& pulled() noexcept { return pulled_; }
  std::span<char> incoming() noexcept { return incoming_; }

 private:
  void take_out(stream_session& s);
  void post_flush();
  void flush();
  void failed(stream_session& s, std::string_view why) noexcept;

  base::executor executor_;
  timer_wheel& wheel_;
  const stream_hub::options options_;
  const stream_metrics& metrics_;
  const base::logger& log_;
  stream_hub::callbacks on_;

  std::vector<session_ptr> sessions_;
  std::vector<session_ptr> ready_;
  std::size_t closed_ = 0;              // how many calls of `on_.closed` are due
  std::vector<base::tcp_socket> free_;  // the sockets for which `on_.free` is due
  std::size_t sent_bytes_ = 0;          // not yet added to the metrics
  std::size_t writes_ = 0;
  bool flush_posted_ = false;
  bool draining_ = false;

  gather outgoing_;
  std::vector<piece> pulled_;
  std::vector<char> incoming_;
};

}  // namespace streamdemo::http
