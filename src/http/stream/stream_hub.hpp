// One per loop: owns all stream sessions of that loop, lets the woken ones write once per turn of the loop, and holds
// the scratch memory that they share. The server calls it on its loop only; callbacks run there too, each from a posted
// handler.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/byte_budget.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/http/stream.hpp>
#include <string>

namespace streamdemo::http {

class timer_wheel;

// The metrics that all hubs of one server share. Must outlive them.
struct stream_metrics {
  // `name`: the label for the server.
  stream_metrics(base::metrics& m, const std::string& name);

  base::gauge& open_http;
  base::gauge& open_websocket;
  base::counter& sent_bytes;
  base::counter& writes;      // system calls that sent something
  base::counter& blocked;     // how often a socket took less than there was to send
  base::counter& timed_out;   // peers that accepted no byte or answered no ping in time
  base::counter& bad_frames;  // WebSocket clients that broke the protocol
};

// How a streamed body shows its end.
enum class body_framing : std::uint8_t {
  until_closed,      // HTTP/1.0: no coding, the body ends when the connection closes
  chunked,           // by the last chunk; then the connection closes
  chunked_reusable,  // by the last chunk; then the connection is free for the next request
};

class stream_hub {
 public:
  struct options {
    std::uint64_t max_message_bytes = 1048576;  // one WebSocket message from a client
    base::byte_budget* buffers = nullptr;       // for incomplete messages; null: no limit
    base::milliseconds write_timeout{30000};    // for how long the peer may accept no byte
    base::milliseconds heartbeat{15000};        // HTTP: sent after this time without content
    base::milliseconds ping{25000};             // WebSocket: sent after this time without input from the peer
    base::milliseconds pong_timeout{20000};
    base::milliseconds close_timeout{5000};  // the wait for the peer's close frame after ours
    base::milliseconds late_close{1000};     // the delay of a close frame with stream_end::late
    base::milliseconds before_cut{50};       // HTTP: between the last bytes of an incomplete body and the end
    base::milliseconds linger{2000};         // how long to read on after the last byte, to avoid a reset that loses it
  };

  // Each session ends with one of these calls, unless the hub is destroyed before.
  struct callbacks {
    std::function<void()> closed;                // the socket is closed, for whatever reason
    std::function<void(base::tcp_socket)> free;  // the body has ended, and the socket can serve the next request
    // The clock by which the wheel is turned.
    std::function<base::steady_time()> now = &std::chrono::steady_clock::now;
  };

  // `wheel`, `metrics` and `log` must outlive the hub.
  stream_hub(base::executor ex, timer_wheel& wheel, options o, const stream_metrics& metrics, const base::logger& log,
             callbacks on);
  // Cuts the sessions that are left, without callbacks.
  ~stream_hub();
  stream_hub(const stream_hub&) = delete;

  // The response head must have been written. `leftover`: bytes that were read from the client after its request.
  void start_http(base::tcp_socket s, std::string leftover, body_framing framing,
                  std::unique_ptr<stream_source> source);
  void start_websocket(base::tcp_socket s, std::string leftover, std::unique_ptr<stream_source> source);

  // Calls drain() of every source, also of those that start later.
  void drain();
  // Closes every socket now; the callback `closed` follows for each.
  void cut();

  std::size_t size() const noexcept;

 private:
  std::shared_ptr<class stream_loop> loop_;
};

}  // namespace streamdemo::http
