// What one loop of a server owns: its connections, its stream sessions, its timer wheel and the scratch memory that
// they share. Everything but constructor and destructor runs on that loop; the server posts its calls to it.
#pragma once
#include <array>
#include <atomic>
#include <list>
#include <memory>
#include <streamdemo/http/server.hpp>

#include "http/connection.hpp"
#include "http/stream/stream_hub.hpp"
#include "http/timer_wheel.hpp"

namespace streamdemo::http {

// What all loops of one server share: immutable or thread-safe.
struct server_parts {
  server_parts(server_options o, handler h, error_page e, base::metrics& m, const base::logger& l);

  const server_options options;
  const http::handler handle;
  const error_page page;
  const base::logger log;
  stream_metrics streams;
  std::atomic<std::size_t> open_count{0};      // accepted sockets that are not closed yet, streams included
  std::atomic<std::size_t> refusing_count{0};  // how many of these are only answered with 503
  base::gauge& connections;
  base::counter& accepted;
  base::counter& refused;  // over max_connections
  base::counter& received_bytes;
  base::counter& sent_bytes;
  std::array<base::counter*, 6> answers{};  // by the first digit of the status
};

class server_loop {
 public:
  static constexpr std::size_t scratch_bytes = 65536;

  server_loop(server_parts& parts, base::executor ex);
  ~server_loop();
  server_loop(const server_loop&) = delete;

  // Starts the timer wheel.
  void start();

  // Takes over an accepted socket. `refuse`: only answer 503.
  void adopt(base::tcp_socket socket, std::string peer, bool refuse);

  // Ends idle connections now, busy ones after their response, and lets each stream end by itself; at `deadline` it
  // cuts those that are left. Calls `empty` once, on this loop, when nothing is left and the wheel has stopped.
  void drain(base::steady_time deadline, std::function<void()> empty);
  bool draining() const noexcept { return draining_; }

  // For the connections.
  server_parts& parts() noexcept { return parts_; }
  base::executor executor() const noexcept { return executor_; }
  timer_wheel& wheel() noexcept { return wheel_; }
  stream_hub& hub() noexcept { return hub_; }
  std::string_view date() const noexcept { return date_; }
  char* scratch() noexcept { return scratch_.get(); }
  std::string& out() noexcept { return out_; }

 private:
  using connections = std::list<std::shared_ptr<connection>>;

  // Continues with a socket whose stream has ended without closing the connection.
  void serve_next(base::tcp_socket socket);
  void spawn(std::shared_ptr<connection> c, bool refuse);
  void ended(connections::iterator it, std::exception_ptr why);
  void closed_one();
  void turn();
  void cut();
  void finish_if_empty();

  server_parts& parts_;
  const base::executor executor_;
  timer_wheel wheel_;
  base::timer ticker_;
  std::int64_t date_second_ = 0;
  std::string date_;
  std::unique_ptr<char[]> scratch_;  // the bytes of one read, until they are parsed or copied
  std::string out_;                  // one response as bytes, until the socket has taken it
  stream_hub hub_;
  connections connections_;
  bool draining_ = false;
  bool turning_ = false;
  base::steady_time cut_at_{};
  std::function<void()> empty_;
};

}  // namespace streamdemo::http
