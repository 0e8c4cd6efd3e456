#include "http/stream/stream_hub.hpp"

#include "http/stream/http_session.hpp"
#include "http/stream/websocket_session.hpp"

namespace streamdemo::http {

namespace {

base::labels labels_of(const std::string& name) {
  return {{"server", name}};
}

base::gauge& open_gauge(base::metrics& m, const std::string& name, const std::string& transport) {
  return m.gauge("streamdemo_http_streams", "Open streams, by transport", {{"server", name}, {"transport", transport}});
}

}  // namespace

stream_metrics::stream_metrics(base::metrics& m, const std::string& name)
    : open_http(open_gauge(m, name, "http")),
      open_websocket(open_gauge(m, name, "websocket")),
      sent_bytes(m.counter("streamdemo_http_stream_sent_bytes_total", "Bytes written to streams", labels_of(name))),
      writes(m.counter("streamdemo_http_stream_writes_total", "System calls that wrote to streams", labels_of(name))),
      blocked(m.counter("streamdemo_http_stream_blocked_total", "Times a stream's socket took less than there was",
                        labels_of(name))),
      timed_out(m.counter("streamdemo_http_stream_timeouts_total",
                          "Streams cut because the peer took no byte or gave no answer in time", labels_of(name))),
      bad_frames(m.counter("streamdemo_http_websocket_errors_total",
                           "WebSocket connections closed because the peer broke the protocol", labels_of(name))) {}

stream_hub::stream_hub(base::executor ex, timer_wheel& wheel, options o, const stream_metrics& metrics,
                       const base::logger& log, callbacks on)
    : loop_(std::make_shared<stream_loop>(ex, wheel, o, metrics, log, std::move(on))) {}

stream_hub::~stream_hub() {
  loop_->abandon();
}

void stream_hub::start_http(base::tcp_socket s, std::string leftover, body_framing framing,
                            std::unique_ptr<stream_source> source) {
  loop_->start(session_ptr{new http_session(*loop_, std::move(s), framing, std::move(source))}, std::move(leftover));
}

void stream_hub::start_websocket(base::tcp_socket s, std::string leftover, std::unique_ptr<stream_source> source) {
  loop_->start(session_ptr{new websocket_session(*loop_, std::move(s), std::move(source))}, std::move(leftover));
}

void stream_hub::drain() {
  loop_->drain();
}
void stream_hub::cut() {
  loop_->cut();
}
std::size_t stream_hub::size() const noexcept {
  return loop_->size();
}

}  // namespace streamdemo::http
