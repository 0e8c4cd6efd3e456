#include "gateway/access/access_watch.hpp"

namespace streamdemo::gateway {

namespace {

// Between two looks, however much is due.
constexpr std::chrono::milliseconds shortest_nap{25};
// What has become empty is forgotten within it.
constexpr std::chrono::seconds longest_nap{30};

}  // namespace

access_watch::access_watch(base::executor ex, const gate& entrance, const base::clock& clock, const base::logger& log)
    : gate_(entrance), clock_(clock), joined_(ex), group_(ex, log, "the watch over streams") {}

void access_watch::join(watched_stream& s, principal_ptr who) {
  if (!gate_.asks()) return;
  s.unlink();
  // It may have taken long from being admitted to this: an upload, or the wait for a task.
  if (!gate_.still_good(*who)) {
    return s.on_access_over(who->has_expired(clock_.now()) ? access_end::expired : access_end::taken_away);
  }
  auto until = gate_.asks_again_at(*who);
  // An expiry is kept to the instant; streams that ask again within a second stand together.
  if (until && *until != who->expires) until = std::chrono::ceil<std::chrono::seconds>(*until);
  auto& g = groups_[{who.get(), until.value_or(base::sys_time{})}];
  const bool is_new = !g;
  if (is_new) {
    g = std::make_unique<group>();
    g->who = std::move(who);
    g->until = until;
  }
  g->of.push_back(s);
  if (g->noticed) s.on_expiring(g->who->expires);
  if (!is_new) return;
  // Last: whoever looks now finds the group with its stream in it.
  if (!watching_) group_.spawn([this] { return watch(); });
  watching_ = true;
  joined_.notify_all();
}

void access_watch::judge_again() {
  for (auto& [key, g] : groups_) {
    if (!gate_.still_good(*g->who)) end(*g, access_end::taken_away);
  }
}

base::awaitable<void> access_watch::stop() {
  group_.cancel();
  co_await group_.join();
}

base::awaitable<void> access_watch::watch() {
  for (;;) {
    const auto next = look();
    co_await joined_.wait_until(next);
  }
}

base::steady_time access_watch::look() {
  const auto now = clock_.now();
  auto next = now + longest_nap;
  for (auto it = groups_.begin(); it != groups_.end();) {
    auto& g = *it->second;
    if (g.of.empty()) {
      it = groups_.erase(it);
      continue;
    }
    ++it;
    if (!g.until) continue;
    const bool expires = *g.until == g.who->expires;
    if (*g.until <= now) {
      end(g, expires ? access_end::expired : access_end::asks_again);
      continue;
    }
    auto due = *g.until;
    // A stranger has nothing that could be renewed.
    if (expires && !g.noticed && g.who->is_known()) {
      if (due - notice <= now) {
        g.noticed = true;
        for (auto& s : g.of) s.on_expiring(g.who->expires);
      } else {
        due -= notice;
      }
    }
    next = std::min(next, due);
  }
  // A wall clock may be set meanwhile: look again soon enough to notice.
  const auto nap = std::max<base::sys_time::duration>(next - now, shortest_nap);
  return std::chrono::steady_clock::now() + std::chrono::duration_cast<base::steady_time::duration>(nap);
}

void access_watch::end(group& g, access_end w) {
  while (!g.of.empty()) {
    auto& s = g.of.front();
    s.unlink();
    s.on_access_over(w);
  }
}

}  // namespace streamdemo::gateway
