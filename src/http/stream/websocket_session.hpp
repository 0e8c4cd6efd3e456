// A WebSocket after its handshake: each piece of the source is one text message. The session handles pings, pongs and
// the closing handshake (RFC 6455 sections 5.5 and 7) by itself.
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
  void give_up_half_read(std::uint16_t code, std::string_view reason);
  void take(const websocket::frame_parser::step& s);
  void take_close(std::uint16_t code);
  // Sends our close frame next, and nothing after it.
  void farewell(std::uint16_t code, std::string_view reason);

  // As farewell(), but after late_close.
  void hold_back(std::string close_frame);
  void let_go();

  // Bits, because each idle connection pays for them.
  bool leaving_ : 1 = false;    // control_ is our close frame
  bool held_ : 1 = false;       // our close frame waits until late_close has passed since quiet_since_
  bool peer_left_ : 1 = false;  // the peer sent its close frame or violated the protocol: expect no more input
  bool ping_due_ : 1 = false;
  bool pong_awaited_ : 1 = false;  // a ping was sent at quiet_since_
  websocket::frame_parser parser_;
  base::byte_budget::share of_message_;  // for an incomplete message
  // A control frame to send before the next message: the latest pong (section 5.5.3) or our close frame.
  std::unique_ptr<const std::string> control_;
};

}  // namespace streamdemo::http
