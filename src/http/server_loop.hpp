// What one loop of a server owns: its connections, its stream sessions, its wheel and the scratch memory they share.
// Everything here runs on that loop but the constructor and the destructor; the server calls from outside by posting.
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

// What all loops of one server use: immutable, or thread-safe.
struct server_parts {
  server_parts(server_options o, handler h, error_page e, base::metrics& m, const base::logger& l);

  const server_options options;
  const http::handler handle;
  const error_page page;
  const base::logger log;
  stream_metrics streams;
  std::atomic<std::size_t> open_count{0};      // sockets accepted and not closed yet, streams included
  std::atomic<std::size_t> refusing_count{0};  // of these, the ones that are only told 503
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

  // The wheel turns from here on.
  void start();

  // Takes over an accepted socket. refuse: only to say 503 to it.
  void adopt(base::tcp_socket socket, std::string peer, bool refuse);

  // Ends idle connections now, others after their answer, streams by their own goodbye; at `deadline` what is left is
  // cut. `empty` is called once, on this loop, when nothing is left and the wheel stands still.
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

  // A stream has ended on it, and the connection has not.
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
  std::unique_ptr<char[]> scratch_;  // what one read brings, until the reader has looked at it
  std::string out_;                  // what one answer is written in, until the socket took it
  stream_hub hub_;
  connections connections_;
  bool draining_ = false;
  bool turning_ = false;
  base::steady_time cut_at_{};
  std::function<void()> empty_;
};

}  // namespace streamdemo::http
