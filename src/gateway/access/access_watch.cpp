#include "gateway/access/access_watch.hpp"

namespace streamdemo::gateway {

namespace {

// Between two looks, however much is due.
constexpr std::chrono::milliseconds shortest_nap{25};
// What has become empty is forgotten within it.
constexpr std::chrono::seconds longest_nap{30};
// Each sign-out and each change of keys asks for it, and it goes over all streams.
constexpr std::chrono::milliseconds between_judgements{250};

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
  const key k{who.get(), until.value_or(base::sys_time{})};
  auto& g = groups_[k];
  const bool is_new = !g;
  if (is_new) {
    g = std::make_unique<group>();
    g->who = std::move(who);
    g->until = until;
  }
  g->of.push_back(s);
  if (g->noticed) s.on_expiring(g->who->expires);
  if (!is_new) return;
  if (until) due_.emplace(g->due(), k);
  // Last: whoever looks now finds the group with its stream in it.
  if (!watching_) group_.spawn([this] { return watch(); });
  watching_ = true;
  if (until) wake_before(g->due());
}

void access_watch::judge_again() {
  must_judge_ = true;
  wake_before(judged_ + between_judgements);
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
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto k = due_.begin()->second;
    due_.erase(due_.begin());
    come_due(k, now);
  }
  // A clock that was set back must not put it off.
  if (must_judge_ && (now >= judged_ + between_judgements || now < judged_)) {
    must_judge_ = false;
    judged_ = now;
    judge_all();
  }
  if (now >= forgot_ + longest_nap || now < forgot_) {
    forgot_ = now;
    forget_empty();
  }
  next_look_ = now + longest_nap;
  if (!due_.empty()) next_look_ = std::min(next_look_, due_.begin()->first);
  if (must_judge_) next_look_ = std::min(next_look_, judged_ + between_judgements);
  // A wall clock may be set meanwhile: look again soon enough to notice.
  const auto nap = std::max<base::sys_time::duration>(next_look_ - now, shortest_nap);
  return std::chrono::steady_clock::now() + std::chrono::duration_cast<base::steady_time::duration>(nap);
}

void access_watch::come_due(const key& k, base::sys_time now) {
  const auto it = groups_.find(k);
  auto& g = *it->second;
  if (g.of.empty()) {
    groups_.erase(it);
  } else if (*g.until <= now) {
    const auto over = std::move(it->second);
    // Whoever joins from inside belongs to another.
    groups_.erase(it);
    end(*over, over->expires() ? access_end::expired : access_end::asks_again);
  } else {
    g.noticed = true;
    due_.emplace(g.due(), k);
    for (auto& s : g.of) s.on_expiring(g.who->expires);
  }
}

void access_watch::judge_all() {
  for (auto& [k, g] : groups_) {
    if (!gate_.still_good(*g->who)) end(*g, access_end::taken_away);
  }
}

void access_watch::forget_empty() {
  for (auto it = groups_.begin(); it != groups_.end();) {
    if (it->second->of.empty()) {
      if (it->second->until) due_.erase({it->second->due(), it->first});
      it = groups_.erase(it);
    } else {
      ++it;
    }
  }
}

void access_watch::wake_before(base::sys_time t) {
  // The second: the clock was set meanwhile.
  if (t < next_look_ || clock_.now() >= next_look_) joined_.notify_all();
}

void access_watch::end(group& g, access_end w) {
  while (!g.of.empty()) {
    auto& s = g.of.front();
    s.unlink();
    s.on_access_over(w);
  }
}

}  // namespace streamdemo::gateway
