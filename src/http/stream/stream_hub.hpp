// One per loop: owns every stream session of that loop, flushes the woken ones once per turn, and holds the scratch
// memory they share. Called by the server on its loop only; its callbacks come there too, from a handler of their own.
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

// The numbers that all hubs of one server share; it outlives them.
struct stream_metrics {
  // `name`: the server's, as a label.
  stream_metrics(base::metrics& m, const std::string& name);

  base::gauge& open_http;
  base::gauge& open_websocket;
  base::counter& sent_bytes;
  base::counter& writes;      // system calls that sent something
  base::counter& blocked;     // times a socket took less than there was
  base::counter& timed_out;   // peers that took no byte, or answered no ping, in time
  base::counter& bad_frames;  // WebSocket clients that broke the protocol
};

// How the end of a streamed body is told.
enum class body_framing : std::uint8_t {
  until_closed,      // HTTP/1.0: the content goes as it is, until the connection closes
  chunked,           // by the last chunk; then the connection closes
  chunked_reusable,  // by the last chunk; then the connection is free for the next request
};

class stream_hub {
 public:
  struct options {
    std::uint64_t max_message_bytes = 1048576;  // one WebSocket message from a client
    base::byte_budget* buffers = nullptr;       // for what is half-read; null: no limit
    base::milliseconds write_timeout{30000};    // no byte taken by the peer
    base::milliseconds heartbeat{15000};        // HTTP: after that long without content
    base::milliseconds ping{25000};             // WebSocket: after that long without a sign of the peer
    base::milliseconds pong_timeout{20000};
    base::milliseconds close_timeout{5000};  // the peer's close frame after ours
    base::milliseconds late_close{1000};     // stream_end::late
    base::milliseconds linger{2000};         // reading on after the last byte, so that a reset eats no answer
  };

  // Once per session one of them.
  struct callbacks {
    std::function<void()> closed;                // its socket is closed, whoever ended it
    std::function<void(base::tcp_socket)> free;  // its body has ended, and its socket is free for the next request
  };

  // `wheel`, `metrics` and `log` outlive the hub.
  stream_hub(base::executor ex, timer_wheel& wheel, options o, const stream_metrics& metrics, const base::logger& log,
             callbacks on);
  // Cuts what is left, without a callback.
  ~stream_hub();
  stream_hub(const stream_hub&) = delete;

  // The response head must have been written. `leftover`: bytes of the client read past its request.
  void start_http(base::tcp_socket s, std::string leftover, body_framing framing,
                  std::unique_ptr<stream_source> source);
  void start_websocket(base::tcp_socket s, std::string leftover, std::unique_ptr<stream_source> source);

  // Tells every source to say goodbye and end; also those that start later.
  void drain();
  // Closes every socket now; the callback follows for each.
  void cut();

  std::size_t size() const noexcept;

 private:
  std::shared_ptr<class stream_loop> loop_;
};

}  // namespace streamdemo::http
