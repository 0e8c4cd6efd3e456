#include "http/stream/http_session.hpp"

#include <array>
#include <charconv>

namespace streamdemo::http {

http_session::http_session(stream_loop& loop, base::tcp_socket s, body_framing framing,
                           std::unique_ptr<stream_source> source)
    : stream_session(loop, std::move(s), std::move(source)),
      chunked_(framing != body_framing::until_closed),
      reusable_(framing == body_framing::chunked_reusable) {}

bool http_session::compose(gather& g) {
  std::vector<piece>& pieces = loop_.pulled();
  const stream_state state = source_->pull(pieces, batch_bytes);
  if (pieces.empty() && heartbeat_due_ && state != stream_state::end) {
    pieces.push_back({nullptr, source_->heartbeat()});
  }
  heartbeat_due_ = false;
  std::size_t bytes = 0;
  for (const piece& p : pieces) bytes += p.bytes.size();
  if (bytes != 0) quiet_since_ = loop_.last_turn();
  if (chunked_ && bytes != 0) {
    // One chunk for all pieces of this write.
    std::array<char, 18> head;
    char* at = std::to_chars(head.data(), head.data() + 16, bytes, 16).ptr;
    *at++ = '\r';
    *at++ = '\n';
    g.own({head.data(), static_cast<std::size_t>(at - head.data())});
  }
  for (piece& p : pieces) g.refer(std::move(p));
  pieces.clear();
  if (chunked_ && bytes != 0) g.refer({nullptr, "\r\n"});
  if (state == stream_state::end) {
    const stream_end end = source_->finish();
    source_.reset();
    // An incomplete stream gets no last chunk, so that the client can tell that it was cut.
    if (end.complete && chunked_) g.refer({nullptr, "0\r\n\r\n"});
    reusable_ = reusable_ && end.complete;
    cut_ = !end.complete;
    finishing();
  }
  return state == stream_state::more;
}

// The connection can be used again only if no input was discarded: that may have been the client's next request.
void http_session::all_sent() {
  if (reusable_ && discarded_ == 0 && !loop_.draining()) {
    hand_back();
  } else if (cut_) {
    linger_later();
  } else {
    linger();
  }
}

void http_session::on_time(base::steady_time now) {
  if (now - quiet_since_ < loop_.settings().heartbeat) return;
  // Reset the time even if a backlog delays the heartbeat, or the timer would fire again at once.
  quiet_since_ = now;
  heartbeat_due_ = true;
  queue();
}

base::steady_time http_session::next_time() const noexcept {
  return quiet_since_ + loop_.settings().heartbeat;
}

void http_session::count_open(double by) noexcept {
  loop_.metrics().open_http.Increment(by);
}

}  // namespace streamdemo::http
