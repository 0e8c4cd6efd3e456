#include "gateway/api/services.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <streamdemo/base/json.hpp>

namespace streamdemo::gateway {

namespace {

base::awaitable<void> end_submissions(loop_state& loop) {
  loop.submissions.cancel();
  co_await loop.submissions.join();
}

}  // namespace

loop_state::loop_state(base::executor ex, const base::logger& log)
    : submissions(ex, log, "submissions"), draining(ex), random(std::random_device{}()) {}

services::services(api_dependencies d)
    : d_(std::move(d)),
      origins_(d_.settings.gateway.allowed_origins),
      page_(embedded_files()),
      messages_(
          d_.metrics.counter("streamdemo_stream_messages_total", "Messages of clients on /api/stream that were read")) {
  for (std::size_t i = 0; i < d_.loops.size(); ++i) {
    loops_.push_back(std::make_unique<loop_state>(d_.loops.executor(i), d_.log));
  }
}

checked<const kind_info*> services::find_kind(std::string_view name) const {
  const auto it = std::find_if(d_.kinds.begin(), d_.kinds.end(), [&](const auto& k) { return k.name == name; });
  if (it != d_.kinds.end()) return &*it;
  std::string names;
  std::string list;
  for (const auto& k : d_.kinds) {
    if (!names.empty()) names += ", ";
    names += k.name;
    list += (list.empty() ? "" : ",") + base::json_string(k.name);
  }
  const auto shown = base::is_utf8(name) ? std::string(name.substr(0, 64)) : std::string("?");
  return refusal{problem::unknown_kind, "there is no kind \"" + shown + "\"; the kinds here are: " + names,
                 "\"kinds\":[" + list + "]"};
}

base::counter& services::requests(http::verb v, std::string_view pattern) const {
  return d_.metrics.counter("streamdemo_gateway_requests_total", "Requests by endpoint.",
                            {{"method", std::string(http::to_string(v))}, {"endpoint", std::string(pattern)}});
}

loop_state& services::here() noexcept {
  return *loops_[http::current_loop()];
}

void services::begin_drain() {
  if (draining_.exchange(true)) return;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    asio::post(d_.loops.executor(i), [loop = loops_[i].get()] { loop->draining.notify_all(); });
  }
}

base::awaitable<void> services::drain() {
  begin_drain();
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    co_await asio::co_spawn(d_.loops.executor(i), end_submissions(*loops_[i]), base::use_awaitable);
  }
}

}  // namespace streamdemo::gateway
