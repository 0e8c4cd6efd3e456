// A streaming response body: server-sent events, JSON lines. Input from the client is discarded, and its end of input
// means that it has disconnected. After the last chunk the connection serves the next request if possible, because
// clients and proxies reuse it from then on, and a request that they send while it is being closed would be lost.
#pragma once
#include "http/stream/stream_session.hpp"

namespace streamdemo::http {

class http_session final : public stream_session {
 public:
  http_session(stream_loop& loop, base::tcp_socket s, body_framing framing, std::unique_ptr<stream_source> source);

 private:
  bool compose(gather& g) override;
  void take_input(char* at, char* end) override { discard(static_cast<std::size_t>(end - at)); }
  void all_sent() override;
  void on_time(base::steady_time now) override;
  base::steady_time next_time() const noexcept override;
  void count_open(double by) noexcept override;

  const bool chunked_;
  bool reusable_;  // the connection can serve another request once all is sent
  bool heartbeat_due_ = false;
  bool cut_ = false;  // the body ends without being complete
};

}  // namespace streamdemo::http
