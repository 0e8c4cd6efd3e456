#include "placement/world.hpp"

#include <algorithm>
#include <cmath>

namespace placing {

namespace {

constexpr milliseconds interval{2000};  // of signs of life
constexpr milliseconds tick{250};       // a processor decides so often whether it must say something
constexpr milliseconds warm_up{5000};
constexpr const char* topic = "request";

double seconds(steady_time::duration d) {
  return std::chrono::duration<double>(d).count();
}

}  // namespace

std::uint32_t world::processor::taken() const {
  std::uint32_t n = 0;
  for (const auto of_kind : running) n += of_kind;
  return n;
}

world::world(world_options o)
    : options_(std::move(o)),
      random_(options_.seed),
      owners_(static_cast<std::size_t>(options_.partitions), nullptr),
      waiting_(static_cast<std::size_t>(options_.partitions)) {}

outcome world::run() {
  begin();
  stop_coming_ = now_ + options_.length;
  for (std::size_t k = 0; k < options_.kinds.size(); ++k) come(k);
  if (options_.changes.count() > 0) change();
  run_until([this] { return now_ >= stop_coming_ && ended_ == submitted_; });
  run_until([until = now_ + warm_up, this] { return now_ >= until; });
  // The promises that nobody kept are dropped with the next choice.
  for (auto& g : gateways_) {
    g.placement->choose(options_.kinds[0].name, now_);
    out_.remembered += g.placement->open_tasks();
  }
  std::sort(out_.waits.begin(), out_.waits.end());
  return out_;
}

outcome world::run_at_once(std::size_t tasks) {
  begin();
  for (std::size_t i = 0; i < tasks; ++i) submit(0);
  run_until([&] { return ended_ == tasks; });
  std::sort(out_.waits.begin(), out_.waits.end());
  return out_;
}

void world::begin() {
  for (int i = 0; i < options_.processors; ++i) add_processor();
  share_out();
  for (int i = 0; i < options_.gateways; ++i) {
    streamdemo::gateway::placement::options o;
    o.partitions = options_.partitions;
    o.request_topic = topic;
    o.alive_interval = interval;
    o.seed = static_cast<std::size_t>(random_.next());
    gateways_.push_back({std::make_unique<streamdemo::gateway::placement>(o, now_)});
    gateways_.back().turn = o.seed;
  }
  beat();
  run_until([this] { return now_ >= steady_time{} + warm_up; });
  counted_until_ = stop_coming_ = now_;
}

void world::run_until(const std::function<bool()>& done) {
  while (!done()) {
    const auto next = steps_.begin();
    count_idle();
    now_ = next->first;
    const auto s = std::move(next->second);
    steps_.erase(next);
    s();
  }
}

// What the log says, each gateway reads it: in order, and sometimes late.
void world::log(const std::function<void(streamdemo::gateway::placement&)>& what) {
  for (auto& g : gateways_) {
    if (options_.lag.count() > 0 && random_.one_in(500))
      g.late = milliseconds(random_.between(0, options_.lag.count()));
    if (random_.one_in(50)) g.late = milliseconds(0);
    g.reads_at = std::max(g.reads_at, now_ + a_record() + g.late);
    after(std::chrono::duration_cast<milliseconds>(g.reads_at - now_), [what, &g] { what(*g.placement); });
  }
}

void world::come(std::size_t kind) {
  const auto& k = options_.kinds[kind];
  if (k.a_second <= 0 || now_ >= stop_coming_) return;
  const auto share = static_cast<double>(random_.between(1, 1'000'000)) / 1'000'000;
  const auto pause = milliseconds(static_cast<std::int64_t>(-std::log(share) * 1000 / k.a_second));
  after(pause, [this, kind] {
    if (now_ >= stop_coming_) return;
    submit(kind);
    come(kind);
  });
}

milliseconds world::works(const kind_of_task& k) {
  const auto share = static_cast<double>(random_.between(0, 1'000'000)) / 1'000'000;
  const auto factor = static_cast<double>(k.longest.count()) / static_cast<double>(k.shortest.count());
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(k.shortest.count()) * std::pow(factor, share)));
}

void world::submit(std::size_t kind) {
  auto& g = gateways_[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(gateways_.size()) - 1))];
  const auto& k = options_.kinds[kind];
  task t{"t" + std::to_string(++submitted_), kind, 0, works(k), now_};
  t.partition = choose(g, t);
  after(a_record(), [this, t, &k] {
    log([this, t, &k](auto& p) { p.accepted(t.id, k.name, t.partition, now_); });
    after(a_record(), [this, t] {
      waiting_[static_cast<std::size_t>(t.partition)].push_back(t);
      if (auto* owner = owners_[static_cast<std::size_t>(t.partition)]) fill(*owner);
    });
  });
}

std::int32_t world::choose(gateway& g, const task& t) {
  if (options_.how == way::random) return static_cast<std::int32_t>(random_.between(0, options_.partitions - 1));
  if (options_.how == way::in_turn) {
    return static_cast<std::int32_t>(g.turn++ % static_cast<std::size_t>(options_.partitions));
  }
  const auto& kind = options_.kinds[t.kind].name;
  const auto partition = g.placement->choose(kind, now_).partition;
  g.placement->promised(t.id, kind, partition, now_);
  return partition;
}

// A processor comes, or leaves and finishes its runs; then the group shares the partitions out anew, which takes a
// while.
void world::change() {
  const auto pause = options_.changes.count();
  after(milliseconds(random_.between(pause / 2, 3 * pause / 2)), [this] {
    if (now_ >= stop_coming_) return;
    std::vector<processor*> members;
    for (auto& p : processors_) {
      if (p->member && !p->leaving) members.push_back(p.get());
    }
    const bool leaves = members.size() > 1 && (random_.one_in(2) || members.size() >= 12);
    if (leaves) {
      auto& p = *members[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(members.size()) - 1))];
      p.leaving = true;
      if (const auto said = p.offers.farewell(offer_of(p))) {
        const auto o = streamdemo::task::parse_offer(said->message.payload).value();
        tell(p.source, o);
      }
    } else {
      add_processor();
    }
    after(milliseconds(random_.between(100, 3000)), [this] { share_out(); });
    change();
  });
}

void world::add_processor() {
  processors_.push_back(std::make_unique<processor>("p" + std::to_string(++named_)));
  processors_.back()->running.resize(options_.kinds.size());
}

void world::share_out() {
  std::vector<processor*> members;
  for (auto& p : processors_) {
    if (p->leaving) p->member = false;
    if (p->member) members.push_back(p.get());
  }
  for (std::size_t i = 0; i < owners_.size(); ++i) owners_[i] = members[i % members.size()];
  for (auto* p : members) fill(*p);
}

void world::tell(const std::string& source, const streamdemo::task::offer& o) {
  log([this, o, source, logged = now_](auto& at) {
    at.told(source, o, std::chrono::duration_cast<milliseconds>(now_ - logged), now_);
  });
}

void world::beat() {
  for (auto& p : processors_) {
    if (!p->member || p->leaving) continue;
    const auto said = p->offers.due(offer_of(*p), now_);
    if (!said) continue;
    after(a_record(), [this, q = p.get(), payload = said->message.payload] {
      q->offers.published();
      const auto o = streamdemo::task::parse_offer(payload).value();
      tell(q->source, o);
    });
  }
  after(tick, [this] { beat(); });
}

streamdemo::task::offer world::offer_of(const processor& p) const {
  streamdemo::task::offer o;
  o.slots = {options_.slots - p.taken(), p.taken()};
  for (std::size_t k = 0; k < options_.kinds.size(); ++k) {
    o.kinds[options_.kinds[k].name] = {free_slots(p, k), p.running[k], options_.kinds[k].slots};
  }
  for (std::size_t i = 0; i < owners_.size(); ++i) {
    if (owners_[i] == &p) o.partitions[topic].push_back(static_cast<std::int32_t>(i));
  }
  return o;
}

std::uint32_t world::free_slots(const processor& p, std::size_t kind) const {
  return std::min(options_.slots - p.taken(), options_.kinds[kind].slots - p.running[kind]);
}

// The task that came first, of those that there is a slot for.
void world::fill(processor& p) {
  for (;;) {
    std::vector<task>* from = nullptr;
    std::vector<task>::iterator first;
    for (std::size_t i = 0; i < owners_.size(); ++i) {
      if (owners_[i] != &p) continue;
      auto& w = waiting_[i];
      const auto t = std::find_if(w.begin(), w.end(), [&](const task& one) { return free_slots(p, one.kind) > 0; });
      if (t == w.end() || (from != nullptr && t->submitted >= first->submitted)) continue;
      from = &w;
      first = t;
    }
    if (from == nullptr) return;
    start(p, *first);
    from->erase(first);
  }
}

void world::start(processor& p, const task& t) {
  ++p.running[t.kind];
  if (t.kind == 0) out_.waits.push_back(seconds(now_ - t.submitted));
  after(a_record(), [this, t, &p] { log([this, t, source = p.source](auto& at) { at.started(t.id, source, now_); }); });
  after(t.works, [this, t, &p] {
    --p.running[t.kind];
    ++ended_;
    after(a_record() + 2 * options_.record, [this, t] { log([this, t](auto& at) { at.over(t.id, now_); }); });
    if (p.member) fill(p);
  });
}

void world::count_idle() {
  const auto until = std::min(steps_.begin()->first, stop_coming_);
  if (until <= counted_until_) return;
  const auto passed = seconds(until - counted_until_);
  counted_until_ = until;
  std::int64_t slots = 0, idle = 0;
  std::vector<std::int64_t> idle_for(options_.kinds.size(), 0), waits(options_.kinds.size(), 0);
  for (const auto& p : processors_) {
    if (!p->member) continue;
    slots += options_.slots;
    idle += options_.slots - p->taken();
    for (std::size_t k = 0; k < waits.size(); ++k) idle_for[k] += free_slots(*p, k);
  }
  for (const auto& w : waiting_) {
    for (const auto& t : w) ++waits[t.kind];
  }
  std::int64_t could_begin = 0;
  for (std::size_t k = 0; k < waits.size(); ++k) could_begin += std::min(waits[k], idle_for[k]);
  out_.slot_seconds += passed * static_cast<double>(slots);
  out_.idle += passed * static_cast<double>(std::min(idle, could_begin));
}

}  // namespace placing
