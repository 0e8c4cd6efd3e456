#include "property/simulation.hpp"

#include <fmt/format.h>

namespace property {

namespace {
constexpr milliseconds bad_days{40'000};
constexpr milliseconds patience{600'000};

// A kind is chosen as often as it is listed here.
constexpr std::array kinds{"plain",     "plain",     "plain",  "plain",  "plain", "resumable", "resumable", "resumable",
                           "resumable", "resumable", "poison", "poison", "lossy", "new",       "unknown"};
}  // namespace

simulation::simulation(std::uint64_t seed)
    : random_(seed), judge_(rules_), log_([this](std::int32_t p, const stored& s) { judge_.appended(p, s); }) {
  const std::array<std::int64_t, 3> speeds{25, 10, 4};
  rules_.handler_percent = speeds[static_cast<std::size_t>(random_.between(0, 2))];
  const std::array<std::int64_t, 4> troubles{0, 1, 4, 4};
  rules_.trouble = troubles[static_cast<std::size_t>(random_.between(0, 3))];
  const auto processors = random_.between(1, 3);
  for (std::int64_t i = 0; i < processors; ++i) places_.push_back({"p" + std::to_string(i + 1), nullptr, now_, 0});
  for (int i = 0; i < 2; ++i) {
    gateways_.push_back(
        std::make_unique<gateway>("g" + std::to_string(i + 1) + "/1", random_, log_, group_, judge_, rules_));
  }
  submit_tasks();
}

void simulation::submit_tasks() {
  const auto count = random_.between(2, 7);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string id = "t" + std::to_string(i + 1);
    task_info t;
    t.kind = kinds[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(kinds.size()) - 1))];
    t.partition = static_cast<std::int32_t>(random_.between(0, partitions - 1));
    const auto at = now_ + milliseconds(random_.between(0, 25'000));
    t.expiry = at + (random_.one_in(8) ? milliseconds(random_.between(3'000, 40'000)) : milliseconds(3'600'000));
    plan_.emplace_back(at, id);
    // One client in three submits again: soon, later, or so late that every ended task may be forgotten.
    const std::array<std::int64_t, 3> later{2'000, 20'000, 90'000};
    t.has_key = random_.one_in(3);
    judge_.tasks()[id] = t;
    if (t.has_key) {
      plan_.emplace_back(at + milliseconds(random_.between(0, later[static_cast<std::size_t>(random_.between(0, 2))])),
                         id);
    }
  }
  // Sometimes a request that nobody can read.
  if (random_.one_in(4)) {
    base::record r;
    r.topic = "request";
    r.partition = 0;
    r.value = "?";
    group_.append(std::move(r), now_);
  }
  // Sometimes a request whose task was never accepted, whatever it says.
  if (random_.one_in(4)) {
    task::message m;
    m.type = task::message_type::submitted;
    m.request_id = "never accepted";
    m.kind = "plain";
    m.source = "g1/1";
    m.expiry = now_ + milliseconds(3'600'000);
    m.accepted_offset = random_.between(0, 200);
    m.payload = "{}";
    group_.append(task::encode(std::move(m), "request", 0), now_);
  }
}

std::string simulation::run() {
  const auto calm_at = now_ + bad_days;
  const auto give_up = calm_at + patience;
  while (!judge_.broken()) {
    calm_ = now_ >= calm_at;
    turn(!calm_);
    if (calm_ && all_over()) break;
    if (now_ >= give_up) {
      std::string open;
      for (const auto& [id, t] : judge_.tasks()) {
        const auto* s = judge_.state(id);
        if (t.acknowledged && (s == nullptr || !s->end)) open += " " + id + " (" + t.kind + ")";
      }
      if (!open.empty()) return "acknowledged and never ended:" + open;
      for (const auto& r : group_.uncommitted()) open += " " + r->key;
      return "requests stay un-completed, in each partition from" + open;
    }
  }
  if (judge_.broken()) return *judge_.broken();
  return replay();
}

bool simulation::all_over() const {
  for (const auto& p : plan_) {
    if (p.first > now_) return false;
  }
  for (const auto& g : gateways_) {
    for (std::int32_t p = 0; p < partitions; ++p) {
      if (!g->at_end(p) || !g->out().empty()) return false;
    }
  }
  return group_.uncommitted().empty();
}

void simulation::turn(bool faults) {
  now_ += milliseconds(random_.between(1, 400));
  for (auto& [at, id] : plan_) {
    if (at > now_) continue;
    // A submission long after the end would make a new task with that id. That is not simulated here.
    const auto* s = judge_.state(id);
    const bool long_over = s != nullptr && s->end && s->ended_at + rules_.keep_for / 2 < now_;
    if (!long_over) gateways_[static_cast<std::size_t>(random_.between(0, 1))]->submit(id, now_);
    at = sys_time::max() - milliseconds(1);
  }
  std::erase_if(plan_, [&](const auto& p) { return p.first == sys_time::max() - milliseconds(1); });
  for (auto& g : gateways_) {
    g->turn(now_);
    take(g->out(), 80);
  }
  for (auto& p : places_) turn_place(p);
  for (auto& o : orphans_) {
    if (now_ >= o.until) take(*o.out, 50);
  }
  std::erase_if(orphans_, [](const orphan& o) { return o.out->empty(); });
  group_.rebalance(random_, faults && random_.one_in(40));
  if (faults) bad_luck();
}

void simulation::take(sender& out, std::int64_t percent) {
  for (std::int32_t p = 0; p < partitions; ++p) {
    if (log_.stalled(p, now_) || !random_.percent(percent)) continue;
    out.take(log_, p, static_cast<std::size_t>(random_.between(1, 8)), now_);
  }
}

void simulation::turn_place(place& p) {
  if (!p.now) {
    if (now_ >= p.back_at) start(p);
    return;
  }
  auto& x = *p.now;
  if (now_ < x.paused_until) {
    // Some of what it had already sent is still appended.
    if (random_.one_in(10)) x.out().take(log_, static_cast<std::int32_t>(random_.between(0, partitions - 1)), 1, now_);
    return;
  }
  const bool goes_on = x.turn(now_, !calm_);
  if (!x.broken.empty()) judge_.broke(x.broken);
  if (x.killed_by) {
    judge_.killed(*x.killed_by, x.runs_at_stake());
    crash(p);
    return;
  }
  take(x.out(), 85);
  if (!goes_on) {
    p.now.reset();
    p.back_at = now_ + milliseconds(random_.between(200, 4'000));
  }
}

void simulation::start(place& p) {
  const auto source = p.name + "/" + std::to_string(++p.incarnations);
  p.now = std::make_unique<process>(source, next_member_++, random_, log_, group_, rules_);
  p.now->lost = [this](const processor::run_key& key) {
    const auto* s = judge_.state(key.task);
    return s != nullptr && (s->end || (s->last_run != key.run && s->current));
  };
  p.now->on_dead_letter = [this](const base::record& r, const std::string& why) { judge_.dead_lettered(r, why); };
  p.now->on_commit = [this](const bus::partition_id& at, std::int64_t from, std::int64_t to) {
    for (auto i = from; i < to; ++i) judge_.committed(*group_.records(at)[static_cast<std::size_t>(i)]);
  };
}

void simulation::crash(place& p) {
  judge_.disturbed(p.now->source());
  auto out = p.now->out_shared();
  out->orphan(random_);
  if (!out->empty()) orphans_.push_back({std::move(out), now_ + milliseconds(random_.between(0, 20'000))});
  p.now.reset();
  p.back_at = now_ + milliseconds(random_.between(200, 6'000));
}

void simulation::bad_luck() {
  if (random_.one_in(150)) {
    const auto p = static_cast<std::int32_t>(random_.between(0, partitions - 1));
    log_.stall(p, now_ + milliseconds(random_.between(500, 15'000)));
  }
  if (random_.one_in(60)) {
    auto it =
        std::next(judge_.tasks().begin(), random_.between(0, static_cast<std::int64_t>(judge_.tasks().size()) - 1));
    if (random_.one_in(3)) gateways_[static_cast<std::size_t>(random_.between(0, 1))]->cancel(it->first, now_);
  }
  for (auto& p : places_) {
    if (p.now) bad_luck_of(p);
  }
}

void simulation::bad_luck_of(place& p) {
  auto& x = *p.now;
  const bool worse = random_.percent(rules_.trouble * 25);
  if (worse && random_.one_in(120)) {
    crash(p);
  } else if (worse && random_.one_in(100)) {
    judge_.disturbed(x.source());
    x.paused_until = now_ + milliseconds(random_.between(1'000, 25'000));
  } else if (random_.one_in(rules_.trouble > 1 ? 60 : 200) && !x.draining && now_ >= x.paused_until) {
    x.begin_drain(now_);
  } else if (worse && random_.one_in(40)) {
    x.out().send_again(static_cast<std::int32_t>(random_.between(0, partitions - 1)));
  } else if (worse && random_.one_in(150)) {
    judge_.disturbed(x.source());
    x.lose_position(static_cast<std::int32_t>(random_.between(0, partitions - 1)));
  }
}

std::string simulation::story() const {
  std::string all;
  for (std::int32_t p = 0; p < partitions; ++p) {
    for (std::int64_t i = 0; i < log_.end(p); ++i) {
      const auto& s = log_.at(p, i);
      const auto& m = *s.message;
      all += fmt::format("{}:{} {} {} {} {} {}:{} {} {}\n", p, i,
                         s.log_time.time_since_epoch().count() / 1000 - 1'000'000'000, m.source, m.request_id,
                         to_string(m.type), m.run, m.runseq, m.replaces ? "replaces=" + *m.replaces : "", m.payload);
    }
  }
  return all;
}

// All readers have the same bytes, however fast they read, and so has a reader that starts over.
std::string simulation::replay() const {
  for (std::int32_t p = 0; p < partitions; ++p) {
    for (const auto& g : gateways_) {
      if (!g->agrees(p)) return "two gateways have different histories";
    }
    histories again(rules_.keep_for);
    for (std::int64_t i = 0; i < log_.end(p); ++i) again.apply(log_.at(p, i));
    if (again.texts() != judge_.all(p).texts()) return "a replay gives another history";
  }
  return {};
}

}  // namespace property
