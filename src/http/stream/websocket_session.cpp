#include "http/stream/websocket_session.hpp"

#include <array>

namespace streamdemo::http {

using websocket::frame_parser;

websocket_session::websocket_session(stream_loop& loop, base::tcp_socket s, std::unique_ptr<stream_source> source)
    : stream_session(loop, std::move(s), std::move(source)),
      parser_(loop.settings().max_message_bytes),
      of_message_(loop.settings().buffers) {}

bool websocket_session::compose(gather& g) {
  if (held_) return false;
  if (control_) {
    g.own(*control_);
    control_.reset();
  }
  if (leaving_) {
    finishing();
    return false;
  }
  if (ping_due_) {
    ping_due_ = false;
    g.own(websocket::control_frame(websocket::opcode::ping, {}));
  }
  std::vector<piece>& pieces = loop_.pulled();
  const stream_state state = source_->pull(pieces, batch_bytes);
  std::array<char, websocket::max_head_bytes> head;
  for (piece& p : pieces) {
    g.own({head.data(), websocket::write_head(head.data(), websocket::opcode::text, p.bytes.size())});
    g.refer(std::move(p));
  }
  pieces.clear();
  if (state == stream_state::end) {
    const stream_end end = source_->finish();
    source_.reset();
    if (end.late && !loop_.draining()) {
      hold_back(websocket::close_frame(end.close_code, end.reason));
    } else {
      g.own(websocket::close_frame(end.close_code, end.reason));
      finishing();
    }
  }
  return state == stream_state::more;
}

void websocket_session::take_input(char* at, char* end) {
  if (!held_) quiet_since_ = loop_.last_turn();
  pong_awaited_ = false;
  while (phase_ != phase::closed) {
    const frame_parser::step s = parser_.next(at, end);
    if (s.what == frame_parser::step::kind::need_more) return keep_half_read();
    take(s);
  }
}

// Without memory for a message the connection is closed: the message may never end, so it cannot be skipped and
// refused.
void websocket_session::keep_half_read() {
  if (source_ && parser_.held() > source_->max_half_read()) {
    return give_up_half_read(websocket::close_code::too_big, "the message is too long");
  }
  if (of_message_.hold(parser_.held())) return;
  give_up_half_read(websocket::close_code::overloaded, "the server has no room for it");
}

void websocket_session::give_up_half_read(std::uint16_t code, std::string_view reason) {
  parser_.abandon();
  of_message_.release();
  peer_left_ = true;
  if (phase_ == phase::open && !leaving_) farewell(code, reason);
}

void websocket_session::take(const frame_parser::step& s) {
  const bool answering = phase_ == phase::open && !leaving_;
  switch (s.what) {
    case frame_parser::step::kind::text:
      if (answering) source_->on_text(s.payload);
      return;
    case frame_parser::step::kind::ping:
      if (!answering) return;
      control_ = std::make_unique<const std::string>(websocket::control_frame(websocket::opcode::pong, s.payload));
      queue();
      return;
    case frame_parser::step::kind::close:
      return take_close(s.code);
    case frame_parser::step::kind::failed:
      loop_.metrics().bad_frames.Increment();
      peer_left_ = true;
      if (answering) return farewell(s.code, s.payload);
      if (phase_ == phase::closing) linger();
      return;
    case frame_parser::step::kind::pong:
    case frame_parser::step::kind::need_more:
      return;
  }
}

void websocket_session::take_close(std::uint16_t code) {
  peer_left_ = true;
  // Both close frames were sent: the server closes the TCP connection first (section 7.1.1). The peer sends nothing
  // more that could meet a closed socket, so there is nothing to wait for unless bytes of ours are still on their way.
  if (phase_ == phase::closing) return under_way() ? linger() : close();
  if (held_) return let_go();
  if (phase_ == phase::open && !leaving_) farewell(code, {});
}

void websocket_session::farewell(std::uint16_t code, std::string_view reason) {
  control_ = std::make_unique<const std::string>(websocket::close_frame(code, reason));
  leaving_ = true;
  source_.reset();
  queue();
}

void websocket_session::hold_back(std::string close_frame) {
  control_ = std::make_unique<const std::string>(std::move(close_frame));
  leaving_ = held_ = true;
  quiet_since_ = loop_.now();
  rearm();
}

void websocket_session::let_go() {
  held_ = false;
  queue();
}

void websocket_session::all_sent() {
  if (peer_left_) {
    linger();
  } else {
    await_farewell();
  }
}

void websocket_session::on_time(base::steady_time now) {
  if (held_) {
    if (now - quiet_since_ >= loop_.settings().late_close) let_go();
    return;
  }
  // While the session does not read, it cannot know whether the peer is silent.
  if (deaf()) quiet_since_ = now;
  if (pong_awaited_) {
    if (now - quiet_since_ < loop_.settings().pong_timeout) return;
    // While bytes are in transit, a slow reader may not have got the ping yet, so write_timeout decides instead.
    // Nor does a peer count as silent whose answer is here, but unread because the loop was busy.
    if (!under_way() && !input_waits()) return time_out();
    quiet_since_ = now;
    return;
  }
  if (now - quiet_since_ < loop_.settings().ping) return;
  quiet_since_ = now;
  pong_awaited_ = true;
  ping_due_ = true;
  queue();
}

base::steady_time websocket_session::next_time() const noexcept {
  if (held_) return quiet_since_ + loop_.settings().late_close;
  return quiet_since_ + (pong_awaited_ ? loop_.settings().pong_timeout : loop_.settings().ping);
}

void websocket_session::count_open(double by) noexcept {
  loop_.metrics().open_websocket.Increment(by);
}

}  // namespace streamdemo::http
