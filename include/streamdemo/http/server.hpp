// The HTTP/1.1 server: listeners, sessions, limits, drain. Knows no routes and nothing about tasks.
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
  std::string name;                 // its label in metrics
  std::vector<std::string> listen;  // addresses
  std::uint16_t port = 0;           // 0: any (the same one for all addresses)
  // TCP sockets that listen already, which the server takes over and closes; then `listen` and `port` mean nothing.
  std::vector<int> passed_sockets;
  std::uint32_t max_connections = 1000;
  // Bounds on file descriptor numbers, which keep the rest for other parts of the program. Connections use numbers
  // below `descriptors_below`. A connection that is being refused may use one below `refusals_below`.
  int descriptors_below = std::numeric_limits<int>::max();
  int refusals_below = std::numeric_limits<int>::max();
  std::uint64_t max_header_bytes = 16384;
  std::uint64_t max_message_bytes = 1048576;  // one WebSocket message
  std::uint64_t send_buffer_bytes = 65536;
  std::uint64_t min_body_bytes_per_second = 0;  // the slowest upload; for bodies that are read piece by piece; 0: any
  // The bound on the memory of all requests, responses and messages in progress. Must outlive the server. When it is
  // used up, a request is answered with 503 and a WebSocket is closed with 1013. nullptr: no limit.
  base::byte_budget* buffers = nullptr;
  base::milliseconds request_timeout{15000};  // for one request head; for one JSON body
  base::milliseconds idle_timeout{60000};     // keep-alive between requests; between two reads of a body
  base::milliseconds write_timeout{30000};    // for how long the peer may accept no byte
  base::milliseconds heartbeat{15000};
  base::milliseconds ping{25000};
  base::milliseconds pong_timeout{20000};
};

// Answers one request. Runs on the loop of its connection. It is canceled (terminally) when the server's drain reaches
// its deadline, and about a second after the client disconnected. An exception is a bug: it is logged and answered with
// 500. Malformed requests do not get here: they are answered with an error_page.
using handler = std::function<awaitable<reply>(request&)>;

// Makes the response for requests that the server itself refuses: 400, 408, 414, 417, 426, 431, 500, 503, 505. Called
// on any loop.
using error_page = std::function<response(int status, std::string_view detail)>;

class server {
 public:
  // Destroy it only after drain() has completed, or after the threads were stopped, or if it was never opened.
  virtual ~server() = default;

  // Binds and listens; connections may arrive before it returns. Error: io, with what to change, such as "port 8080 is
  // in use".
  virtual result<void> open() = 0;
  virtual std::uint16_t port() const = 0;

  // Closes the listeners: the operating system then refuses new connections, but those to a passed socket wait for
  // whoever has it still. Idempotent. Any thread.
  virtual void close() = 0;

  // Closes the listeners, tells every stream to drain, and ends keep-alive connections after their current response. At
  // `deadline` it cuts those that are left. Completes when no connection is left. On loop 0.
  virtual awaitable<void> drain(std::chrono::steady_clock::time_point deadline) = 0;

  virtual std::size_t connections() const = 0;
};

// The acceptors, one per address, run on loop 0 and distribute the sockets over all loops in turn. `threads`, `metrics`
// and `log` must outlive the server.
std::unique_ptr<server> make_server(server_options o, base::io_threads& threads, handler h, error_page e,
                                    base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::http
