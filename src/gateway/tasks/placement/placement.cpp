#include "gateway/tasks/placement/placement.hpp"

#include <algorithm>

namespace streamdemo::gateway {

namespace {

double seconds_between(base::steady_time from, base::steady_time to) {
  return std::chrono::duration<double>(to - from).count();
}

// Whether a place says something else than before. That an estimate moves a little is no news.
bool is_other(const queue_place& before, const queue_place& now, base::sys_time log_now) {
  if (before.ahead != now.ahead || before.slots != now.slots || before.expected.has_value() != now.expected.has_value())
    return true;
  if (!now.expected) return false;
  const auto moved = std::chrono::abs(*now.expected - *before.expected);
  return moved > std::max<base::microseconds>(std::chrono::seconds(1), (*now.expected - log_now) / 10);
}

}  // namespace

void slot_pace::came_free(base::steady_time now) {
  gap_.add(seconds_between(last_, now));
  last_ = now;
}

double slot_pace::seconds(std::int64_t slots, base::steady_time now) const {
  const auto unknown = 1.0 / static_cast<double>(std::max<std::int64_t>(1, slots));
  return std::max(gap_.get().value_or(unknown), seconds_between(last_, now));
}

placement::placement(options o, base::steady_time now)
    : options_(std::move(o)), census_(options_.partitions), others_pace_(now), turn_(options_.seed) {
  topic unowned;
  unowned.owners.resize(static_cast<std::size_t>(options_.partitions));
  regroup(unowned);
  topics_[options_.request_topic] = unowned;
  for (const auto& [kind, name] : options_.kind_topics) topics_[name] = unowned;
}

placement::choice placement::choose(std::string_view kind, base::steady_time now) {
  census_.forget_promises(now);
  forget_silent(now);
  ++turn_;
  const auto& groups = topic_of(kind).groups;
  const group* best = nullptr;
  weight of_best;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto& g = groups[(turn_ + i) % groups.size()];  // of equal ones, each in turn
    if (!takes(g, kind)) continue;
    const auto w = weight_of(g, kind, now);
    if (best != nullptr && (w.free < of_best.free || (w.free == of_best.free && w.wait >= of_best.wait))) continue;
    best = &g;
    of_best = w;
  }
  if (best == nullptr)
    return {static_cast<std::int32_t>(turn_ % static_cast<std::size_t>(options_.partitions)), reason::unknown};
  const auto why = of_best.free > 0 ? reason::free_slot : best->owner != nullptr ? reason::least_wait : reason::unknown;
  return {partition_in(*best, now), why};
}

void placement::told(const std::string& source, task::offer o, base::milliseconds age, base::steady_time now) {
  const auto said_at = now - age;
  auto it = processors_.find(source);
  if (age >= offer_holds() || (it != processors_.end() && said_at < it->second.said_at)) return;
  if (it == processors_.end()) {
    forget_silent(now);
    if (processors_.size() >= max_processors) return;
    it = processors_.try_emplace(source, now).first;
  }
  auto& p = it->second;
  p.said = std::move(o);
  p.said_at = said_at;
  claim(*it);
  // A moment's grace: a request may have been on its way when the processor spoke.
  for (const auto& [kind, counts] : p.said.kinds) {
    const auto& owners = topic_of(kind).owners;
    for (std::size_t i = 0; counts.free > 0 && i < owners.size(); ++i) {
      if (owners[i] != &*it) continue;
      census_.discount_waiting_since_before(kind, static_cast<std::int32_t>(i), said_at - options_.alive_interval);
    }
  }
}

// Of two processors that name the same partition, the one that spoke last has it: the other one has lost it and not
// said so yet.
void placement::claim(processors::value_type& p) {
  static const std::vector<std::int32_t> none;
  for (auto& [name, t] : topics_) {
    const auto before = t.owners;
    std::replace(t.owners.begin(), t.owners.end(), &p, static_cast<processors::value_type*>(nullptr));
    const auto named = p.second.said.partitions.find(name);
    for (const auto i : named == p.second.said.partitions.end() ? none : named->second) {
      if (i < 0 || i >= options_.partitions) continue;
      auto& owner = t.owners[static_cast<std::size_t>(i)];
      if (owner == nullptr || owner->second.said_at <= p.second.said_at) owner = &p;
    }
    if (t.owners != before) regroup(t);
  }
}

void placement::forget(processors::iterator it) {
  for (auto& [name, t] : topics_) {
    std::replace(t.owners.begin(), t.owners.end(), &*it, static_cast<processors::value_type*>(nullptr));
    regroup(t);
  }
  processors_.erase(it);
}

void placement::forget_silent(base::steady_time now) {
  for (auto it = processors_.begin(); it != processors_.end();) {
    const auto here = it++;
    if (now - here->second.said_at > offer_holds()) forget(here);
  }
}

slot_pace& placement::pace_of(std::string_view source) {
  const auto it = processors_.find(source);
  return it == processors_.end() ? others_pace_ : it->second.pace;
}

void placement::started(const std::string& id, std::string_view source, base::steady_time now, base::sys_time began) {
  census_.started(id, source, began);
  pace_of(source).taken(now);
}

void placement::over(const std::string& id, base::steady_time now, base::sys_time ended) {
  if (const auto began = census_.began(id); began != base::sys_time{} && ended != base::sys_time{}) {
    run_times_.took(census_.kind_of(id), ended - began);
  }
  slot_came_free(census_.over(id), now);
}

void placement::slot_came_free(const std::string& source, base::steady_time now) {
  if (!source.empty()) pace_of(source).came_free(now);
}

const placement::topic& placement::topic_of(std::string_view kind) const {
  const auto own = options_.kind_topics.find(kind);
  return topics_.find(own == options_.kind_topics.end() ? options_.request_topic : own->second)->second;
}

void placement::regroup(topic& t) {
  t.groups.clear();
  for (std::size_t i = 0; i < t.owners.size(); ++i) {
    auto at = std::find_if(t.groups.begin(), t.groups.end(), [&](const group& g) { return g.owner == t.owners[i]; });
    if (at == t.groups.end()) at = t.groups.insert(at, group{t.owners[i], {}});
    at->partitions.push_back(static_cast<std::int32_t>(i));
  }
}

bool placement::takes(const group& g, std::string_view kind) const {
  if (g.owner == nullptr) return true;
  const auto& o = g.owner->second.said;
  const auto k = o.kinds.find(kind);
  return !o.draining && k != o.kinds.end();
}

placement::weight placement::weight_of(const group& g, std::string_view kind, base::steady_time now) const {
  const auto here = static_cast<std::int64_t>(census_.waiting(kind, g.partitions));
  if (g.owner == nullptr) {
    const auto places = static_cast<std::int64_t>(g.partitions.size());
    return {.free = 0, .wait = static_cast<double>(here + 1) * others_pace_.seconds(places, now)};
  }
  const auto& p = g.owner->second;
  const auto others = others_that_begin_first(*g.owner, kind);
  return {.free = std::max<std::int64_t>(0, free_slots(*g.owner, kind, others) - here),
          .wait = static_cast<double>(here + others + 1) * p.pace.seconds(p.said.slots.all(), now)};
}

// Tasks of other kinds that wait at this processor and take slots: no more of a kind than it has slots for.
std::int64_t placement::others_that_begin_first(const processors::value_type& p, std::string_view kind) const {
  std::int64_t n = 0;
  for (const auto& [other, counts] : p.second.said.kinds) {
    const auto slots = slots_left(p.first, other, counts);
    if (other == kind || slots <= 0) continue;
    for (const auto& g : topic_of(other).groups) {
      if (g.owner == &p) n += std::min(static_cast<std::int64_t>(census_.waiting(other, g.partitions)), slots);
    }
  }
  return n;
}

std::vector<queued_task> placement::places_in_queue(base::steady_time now, base::sys_time log_now) {
  forget_silent(now);
  std::vector<queued_task> out;
  std::vector<task_census::waiting_task*> line;
  census_.each_kind([&](const std::string& kind, std::vector<task_census::lane>& lanes) {
    const auto& groups = topic_of(kind).groups;
    const auto slots = slots_of(kind, groups);
    const auto tell_line = [&](const group& g, std::span<const std::int32_t> partitions) {
      line.clear();
      for (const auto i : partitions) {
        for (auto& t : lanes[static_cast<std::size_t>(i)]) line.push_back(&t);
      }
      if (line.empty()) return;
      std::stable_sort(line.begin(), line.end(), [](auto* a, auto* b) { return a->since < b->since; });
      const auto when = forecast(g, kind, log_now);
      std::uint32_t ahead = 0;
      for (auto* t : line) {
        if (now - t->since < waits_a_while) break;
        queue_place p{.ahead = ahead, .slots = slots, .expected = std::nullopt};
        if (const auto wait = when.wait(ahead)) p.expected = std::chrono::ceil<std::chrono::seconds>(log_now + *wait);
        ++ahead;
        if (t->told && !is_other(*t->told, p, log_now)) continue;
        t->told = p;
        out.push_back({t->id, std::move(p)});
      }
    };
    for (const auto& g : groups) {
      if (g.owner != nullptr) {
        tell_line(g, g.partitions);
      } else {
        for (const auto i : g.partitions) tell_line(g, {&i, 1});
      }
    }
  });
  return out;
}

std::optional<kind_slots> placement::slots_of(std::string_view kind, const std::vector<group>& groups) const {
  std::optional<kind_slots> sum;
  for (const auto& g : groups) {
    if (g.owner == nullptr) continue;
    if (!sum) sum.emplace();
    const auto& o = g.owner->second.said;
    const auto of_kind = o.kinds.find(kind);
    if (o.draining || of_kind == o.kinds.end()) continue;
    sum->free += static_cast<std::uint32_t>(free_slots(*g.owner, kind));
    sum->all += std::min(of_kind->second.most(), o.slots.all());
  }
  return sum;
}

run_forecast placement::forecast(const group& g, std::string_view kind, base::sys_time log_now) const {
  const auto average = run_times_.of(kind);
  if (g.owner == nullptr || !average || !takes(g, kind)) return {};
  std::vector<base::microseconds> running;
  for (const auto t : census_.began(g.owner->first, kind)) running.push_back(log_now - t);
  return {free_slots(*g.owner, kind), std::move(running), *average};
}

// Of a kind's own slots, by the log.
std::int64_t placement::slots_left(const std::string& source, std::string_view kind,
                                   const task::slot_counts& of_kind) const {
  return std::int64_t{of_kind.most()} - static_cast<std::int64_t>(census_.running(source, kind));
}

std::int64_t placement::free_slots(const processors::value_type& p, std::string_view kind, std::int64_t others) const {
  const auto& [source, it] = p;
  const auto of_kind = it.said.kinds.find(kind);
  if (of_kind == it.said.kinds.end()) return 0;
  const auto of_all = std::int64_t{it.said.slots.all()} - static_cast<std::int64_t>(census_.running(source)) - others;
  return std::max<std::int64_t>(0, std::min(slots_left(source, kind, of_kind->second), of_all));
}

std::int32_t placement::partition_in(const group& g, base::steady_time now) {
  auto* filling = g.owner == nullptr ? nullptr : &g.owner->second.filling;
  if (filling != nullptr && *filling && now - (*filling)->since < batch_lasts &&
      std::binary_search(g.partitions.begin(), g.partitions.end(), (*filling)->partition)) {
    return (*filling)->partition;
  }
  auto least = g.partitions[turn_ % g.partitions.size()];
  for (std::size_t i = 1; i < g.partitions.size(); ++i) {
    const auto other = g.partitions[(turn_ + i) % g.partitions.size()];
    if (census_.open(other) < census_.open(least)) least = other;
  }
  if (filling != nullptr) *filling = {least, now};
  return least;
}

}  // namespace streamdemo::gateway
