// The HTTP/1.1 server: listeners, sessions, limits, drain. Knows no route and no product word.
#pragma once
#include <streamdemo/base/byte_budget.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/http/stream.hpp>

#include <chrono>
#include <functional>
#include <limits>

namespace streamdemo::http {

struct server_options {
  std::string name;                 // label of its metrics
  std::vector<std::string> listen;  // addresses
  std::uint16_t port = 0;           // 0: any (the same one for all addresses)
  std::uint32_t max_connections = 1000;
  // Connections keep to descriptors with numbers below `descriptors_below`; those that are refused, for the moment of
  // their refusal, below `refusals_below`. What is above is the rest of the program's.
  int descriptors_below = std::numeric_limits<int>::max();
  int refusals_below = std::numeric_limits<int>::max();
  std::uint64_t max_header_bytes = 16384;
  std::uint64_t max_message_bytes = 1048576;  // one WebSocket message
  std::uint64_t send_buffer_bytes = 65536;
  std::uint64_t min_body_bytes_per_second = 0;  // of a body that is read piece by piece
  // What all connections together hold of requests, answers and messages under way; outlives the server. What finds no
  // room is answered 503 or closed with 1013. Null: no limit.
  base::byte_budget* buffers = nullptr;
  base::milliseconds request_timeout{15000};  // one request head; one JSON body
  base::milliseconds idle_timeout{60000};     // keep-alive between requests; between two reads of a body
  base::milliseconds write_timeout{30000};    // no byte taken by the peer
  base::milliseconds heartbeat{15000};
  base::milliseconds ping{25000};
  base::milliseconds pong_timeout{20000};
};

// Answers one request. Runs on the loop of its connection; canceled (terminally) when the server drains past its
// deadline, or about a second after its client went away. An exception is a bug: logged, 500. It never sees a malformed
// request: those get an error_page.
using handler = std::function<awaitable<reply>(request&)>;

// The answer to what the server itself refuses: 400, 408, 414, 417, 426, 431, 500, 503, 505. Called on any loop.
using error_page = std::function<response(int status, std::string_view detail)>;

class server {
 public:
  // Only after drain() has completed, or with the threads stopped, or when it was never opened.
  virtual ~server() = default;

  // Binds and listens; the first connection may come at once. Errors: io ("port 8080 is in use …"), with what to
  // change.
  virtual result<void> open() = 0;
  virtual std::uint16_t port() const = 0;

  // Closes the listeners: a new connection is refused by the operating system. Twice is fine. Any thread.
  virtual void close() = 0;

  // After close(): every stream is told to drain, keep-alive connections end after their current answer; what is left
  // at `deadline` is cut. On loop 0. Completes when no connection is left.
  virtual awaitable<void> drain(std::chrono::steady_clock::time_point deadline) = 0;

  virtual std::size_t connections() const = 0;
};

// The acceptors, one for each address, are on loop 0 and deal sockets out to all loops in turn. `threads`, `metrics`
// and `log` outlive the server.
std::unique_ptr<server> make_server(server_options o, base::io_threads& threads, handler h, error_page e,
                                    base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::http
