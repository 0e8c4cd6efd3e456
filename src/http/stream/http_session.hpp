// A response body that streams: server-sent events, JSON lines. Whatever the client still sends is thrown away; its
// end of input means it is gone. After the last chunk the connection serves the next request, where it may: clients and
// proxies take it for theirs from then on, and what they send on one that is being closed is lost.
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
  bool reusable_;  // once all is sent
  bool heartbeat_due_ = false;
};

}  // namespace streamdemo::http
