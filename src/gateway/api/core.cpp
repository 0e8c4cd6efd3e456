#include "gateway/api/core.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace streamdemo::gateway {

namespace {

base::awaitable<void> end_submissions(loop_state& loop) {
  loop.submissions.cancel();
  co_await loop.submissions.join();
}

}  // namespace

loop_state::loop_state(base::executor ex, const base::logger& log)
    : submissions(ex, log, "submissions"), draining(ex), random(std::random_device{}()) {}

core::core(api_context c)
    : c_(std::move(c)),
      origins_(c_.settings.gateway.allowed_origins),
      page_(embedded_files()),
      messages_(
          c_.metrics.counter("streamdemo_stream_messages_total", "Messages of clients on /api/stream that were read")) {
  for (std::size_t i = 0; i < c_.loops.size(); ++i) {
    loops_.push_back(std::make_unique<loop_state>(c_.loops.executor(i), c_.log));
  }
}

const kind_info* core::find_kind(std::string_view name) const noexcept {
  const auto it = std::find_if(c_.kinds.begin(), c_.kinds.end(), [&](const auto& k) { return k.name == name; });
  return it == c_.kinds.end() ? nullptr : &*it;
}

loop_state& core::here() noexcept {
  return *loops_[http::current_loop()];
}

void core::begin_drain() {
  if (draining_.exchange(true)) return;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    asio::post(c_.loops.executor(i), [loop = loops_[i].get()] { loop->draining.notify_all(); });
  }
}

base::awaitable<void> core::drain() {
  begin_drain();
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    co_await asio::co_spawn(c_.loops.executor(i), end_submissions(*loops_[i]), base::use_awaitable);
  }
}

}  // namespace streamdemo::gateway
