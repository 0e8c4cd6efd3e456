#include "gateway/api/services.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <streamdemo/base/json.hpp>

#include "gateway/api/body/description.hpp"
#include "gateway/api/body/sign_in.hpp"

namespace streamdemo::gateway {

namespace {

std::vector<std::string> own_and_allowed(const config::settings& s) {
  auto all = s.gateway.allowed_origins;
  if (!s.gateway.public_url.empty()) all.push_back(s.gateway.public_url);
  return all;
}

constexpr std::string_view description = "openapi.json";
constexpr std::string_view description_with_items = "openapi-3.2.json";

base::awaitable<void> end_submissions(loop_state& loop) {
  loop.submissions.cancel();
  co_await loop.submissions.join();
  co_await loop.watch.stop();
}

}  // namespace

loop_state::loop_state(base::executor ex, const gate& entrance, const base::clock& clock, const base::logger& log)
    : submissions(ex, log, "submissions"),
      draining(ex),
      random(std::random_device{}()),
      watch(ex, entrance, clock, log) {}

services::services(api_dependencies d)
    : d_(std::move(d)),
      origins_(own_and_allowed(d_.settings)),
      page_(embedded_files()),
      sign_in_(sign_in_json(d_.settings)),
      policy_of_pages_(page_policy(d_.settings, d_.files.link_origin())),
      quotas_({.per_second = d_.settings.quota.submissions_per_second, .burst = d_.settings.quota.submission_burst}),
      waits_(d_.settings.quota.waiters),
      streams_(d_.settings.quota.streams),
      audit_(d_.entrance.asks(), d_.clock, d_.metrics, d_.log),
      deliveries_(d_.clock, d_.metrics),
      messages_(
          d_.metrics.counter("streamdemo_stream_messages_total", "Messages of clients on /api/stream that were read")),
      keys_(d_.loops.executor(0), d_.log, "the watch over keys") {
  page_.replace(description, describe(*page_.find(description)->plain.bytes,
                                      {.kinds = d_.kinds,
                                       .max_deadline = d_.settings.tasks.max_deadline,
                                       .asks_for_names = d_.settings.auth.mode != config::auth_mode::none}));
  page_.replace(description_with_items, describe_items(*page_.find(description)->plain.bytes,
                                                       *page_.find(description_with_items)->plain.bytes));
  for (std::size_t i = 0; i < d_.loops.size(); ++i) {
    loops_.push_back(std::make_unique<loop_state>(d_.loops.executor(i), d_.entrance, d_.clock, d_.log));
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
  return *loops_[base::current_loop()];
}

void services::start() {
  if (!d_.entrance.asks()) return;
  keys_.spawn([this] { return look_for_changes(); });
}

// Looks every second, so that a removed key, and the streams of its clients, end soon.
base::awaitable<void> services::look_for_changes() {
  for (;;) {
    co_await base::sleep_for(std::chrono::seconds(1));
    const auto changes = d_.entrance.look();
    for (const auto& c : changes) audit_.keys_changed(c);
    if (!changes.empty()) judge_again();
  }
}

void services::judge_again() {
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    asio::post(d_.loops.executor(i), [loop = loops_[i].get()] { loop->watch.judge_again(); });
  }
}

void services::begin_drain() {
  if (draining_.exchange(true)) return;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    asio::post(d_.loops.executor(i), [loop = loops_[i].get()] { loop->draining.notify_all(); });
  }
}

base::awaitable<void> services::drain() {
  begin_drain();
  keys_.cancel();
  co_await keys_.join();
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    co_await asio::co_spawn(d_.loops.executor(i), end_submissions(*loops_[i]), base::use_awaitable);
  }
}

}  // namespace streamdemo::gateway
