// A WebSocket after its handshake: each piece of the source is one text message. Pings, pongs and the closing
// handshake (RFC 6455 sections 5.5 and 7) are the session's own business.
#pragma once
#include "http/stream/stream_session.hpp"
#include "http/websocket/frame_parser.hpp"

namespace streamdemo::http {

class websocket_session final : public stream_session {
 public:
  websocket_session(stream_loop& loop, base::tcp_socket s, std::unique_ptr<stream_source> source);

 private:
  bool compose(gather& g) override;
  void take_input(char* at, char* end) override;
  void all_sent() override;
  void on_time(base::steady_time now) override;
  base::steady_time next_time() const noexcept override;
  void count_open(double by) noexcept override;

  void keep_half_read();
  void take(const websocket::frame_parser::step& s);
  void take_close(std::uint16_t code);
  // Our close frame goes out next, and nothing after it.
  void farewell(std::uint16_t code, std::string_view reason);

  // The same, but later.
  void hold_back(std::string close_frame);
  void let_go();

  bool leaving_ = false;    // control_ is the farewell
  bool held_ = false;       // and waits until late_close has passed since quiet_since_
  bool peer_left_ = false;  // its close frame came, or it broke the rules: no more is awaited
  bool ping_due_ = false;
  bool pong_awaited_ = false;  // then quiet_since_ is when it was asked for
  websocket::frame_parser parser_;
  base::byte_budget::share of_message_;  // that is half-read
  // Control frames that go out before the next message: at most one pong, the latest (section 5.5.3), or our farewell.
  std::unique_ptr<const std::string> control_;
};

}  // namespace streamdemo::http
