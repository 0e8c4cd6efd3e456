#include "http/stream/stream_loop.hpp"

#include <boost/asio/post.hpp>

#include "http/stream/stream_session.hpp"

namespace streamdemo::http {

namespace {
constexpr std::size_t input_bytes = 65536;
}

stream_loop::stream_loop(base::executor ex, timer_wheel& wheel, stream_hub::options o, const stream_metrics& metrics,
                         const base::logger& log, stream_hub::callbacks on)
    : executor_(ex),
      wheel_(wheel),
      options_(o),
      metrics_(metrics),
      log_(log),
      on_(std::move(on)),
      incoming_(input_bytes) {}

void stream_loop::start(session_ptr s, std::string leftover) {
  s->index_ = static_cast<std::uint32_t>(sessions_.size());
  s->count_open(1);
  sessions_.push_back(s);
  guard(*s, [&] {
    s->start(std::move(leftover));
    if (draining_) s->drain();
  });
}

void stream_loop::remove(stream_session& s) {
  take_out(s);
  ++closed_;
  post_flush();
}

void stream_loop::hand_back(stream_session& s, base::tcp_socket socket) {
  take_out(s);
  free_.push_back(std::move(socket));
  post_flush();
}

void stream_loop::take_out(stream_session& s) {
  s.count_open(-1);
  const std::uint32_t hole = s.index_;
  std::swap(sessions_[hole], sessions_.back());
  sessions_[hole]->index_ = hole;
  sessions_.pop_back();
}

void stream_loop::queue(stream_session& s) {
  ready_.emplace_back(&s);
  post_flush();
}

void stream_loop::post_flush() {
  if (flush_posted_) return;
  flush_posted_ = true;
  // Not at once after what the loop has to do now, but after what that leads to, too: a task that is accepted and done
  // in the same process has its result by then, and a system call to write it costs more than all of this.
  asio::post(executor_, [self = shared_from_this()]() mutable {
    auto& loop = *self;
    asio::post(loop.executor_, [self = std::move(self)] { self->flush(); });
  });
}

void stream_loop::flush() {
  flush_posted_ = false;
  // Run only the sessions that are queued now. Those that are queued meanwhile run after other work of the loop, so
  // that no stream delays the others.
  const std::size_t due = ready_.size();
  for (std::size_t i = 0; i < due && i < ready_.size(); ++i) {
    const session_ptr s = std::move(ready_[i]);
    guard(*s, [&] { s->run(); });
  }
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(std::min(due, ready_.size())));
  if (writes_ != 0) {
    metrics_.writes.Increment(static_cast<double>(writes_));
    metrics_.sent_bytes.Increment(static_cast<double>(sent_bytes_));
    writes_ = sent_bytes_ = 0;
  }
  for (; closed_ != 0; --closed_) {
    if (on_.closed) on_.closed();
  }
  for (auto& socket : std::exchange(free_, {})) {
    if (on_.free) on_.free(std::move(socket));
  }
}

void stream_loop::failed(stream_session& s, std::string_view why) noexcept {
  log_.error("a stream was cut because its source failed: {}", why);
  outgoing_.clear();
  pulled_.clear();
  s.close();
}

void stream_loop::count_sent(std::size_t bytes, std::size_t calls) noexcept {
  sent_bytes_ += bytes;
  writes_ += calls;
}

void stream_loop::drain() {
  draining_ = true;
  // From the end, and with a check: a session whose source fails is removed from the list during the loop.
  for (std::size_t i = sessions_.size(); i-- > 0;) {
    if (i >= sessions_.size()) continue;
    const session_ptr s = sessions_[i];
    guard(*s, [&] { s->drain(); });
  }
}

void stream_loop::cut() {
  while (!sessions_.empty()) sessions_.back()->close();
}

void stream_loop::abandon() {
  on_ = {};
  cut();
  ready_.clear();
}

}  // namespace streamdemo::http
