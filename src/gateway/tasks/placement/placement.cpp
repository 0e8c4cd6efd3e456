#include "gateway/tasks/placement/placement.hpp"

#include <algorithm>

namespace streamdemo::gateway {

namespace {

constexpr double weight_of_newest = 0.2;  // in the average pace

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
  const auto gap = seconds_between(last_, now);
  average_ = average_ ? *average_ + weight_of_newest * (gap - *average_) : gap;
  last_ = now;
}

double slot_pace::seconds(std::int64_t slots, base::steady_time now) const {
  const auto unknown = 1.0 / static_cast<double>(std::max<std::int64_t>(1, slots));
  return std::max(average_.value_or(unknown), seconds_between(last_, now));
}

placement::placement(options o, base::steady_time now)
    : options_(std::move(o)), census_(options_.partitions), others_pace_(now), turn_(options_.seed) {
  const auto none = std::vector<processors::value_type*>(static_cast<std::size_t>(options_.partitions), nullptr);
  owners_[options_.request_topic] = none;
  for (const auto& [kind, topic] : options_.kind_topics) owners_[topic] = none;
}

placement::choice placement::choose(std::string_view kind, base::steady_time now) {
  census_.forget_promises(now);
  forget_silent(now);
  ++turn_;
  auto groups = groups_of(topic_of(kind));
  group* best = nullptr;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    auto& g = groups[(turn_ + i) % groups.size()];  // of equal ones, each in turn
    if (!takes(g, kind)) continue;
    weigh(g, kind, now);
    const bool better = best == nullptr || g.free > best->free || (g.free == best->free && g.wait < best->wait);
    if (better) best = &g;
  }
  if (best == nullptr)
    return {static_cast<std::int32_t>(turn_ % static_cast<std::size_t>(options_.partitions)), reason::unknown};
  const auto why = best->free > 0 ? reason::free_slot : best->owner != nullptr ? reason::least_wait : reason::unknown;
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
    const auto& owners = owners_.find(topic_of(kind))->second;
    for (std::size_t i = 0; counts.free > 0 && i < owners.size(); ++i) {
      if (owners[i] != &*it) continue;
      census_.discount_waiting_since_before(kind, static_cast<std::int32_t>(i), said_at - options_.alive_interval);
    }
  }
}

// Of two processors that name the same partition, the one that spoke last has it: the other one has lost it and not
// said so yet.
void placement::claim(processors::value_type& p) {
  for (auto& [topic, owners] : owners_) {
    std::replace(owners.begin(), owners.end(), &p, static_cast<processors::value_type*>(nullptr));
    const auto named = p.second.said.partitions.find(topic);
    if (named == p.second.said.partitions.end()) continue;
    for (const auto i : named->second) {
      if (i < 0 || i >= options_.partitions) continue;
      auto& owner = owners[static_cast<std::size_t>(i)];
      if (owner == nullptr || owner->second.said_at <= p.second.said_at) owner = &p;
    }
  }
}

void placement::forget(processors::iterator it) {
  for (auto& [topic, owners] : owners_) {
    std::replace(owners.begin(), owners.end(), &*it, static_cast<processors::value_type*>(nullptr));
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

const std::string& placement::topic_of(std::string_view kind) const {
  const auto own = options_.kind_topics.find(kind);
  return own == options_.kind_topics.end() ? options_.request_topic : own->second;
}

std::vector<placement::group> placement::groups_of(const std::string& topic) const {
  std::vector<group> groups;
  const auto& owners = owners_.find(topic)->second;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    auto at = std::find_if(groups.begin(), groups.end(), [&](const group& g) { return g.owner == owners[i]; });
    if (at == groups.end()) at = groups.insert(at, group{owners[i], {}});
    at->partitions.push_back(static_cast<std::int32_t>(i));
  }
  return groups;
}

bool placement::takes(const group& g, std::string_view kind) const {
  if (g.owner == nullptr) return true;
  const auto& o = g.owner->second.said;
  const auto k = o.kinds.find(kind);
  return !o.draining && k != o.kinds.end();
}

void placement::weigh(group& g, std::string_view kind, base::steady_time now) const {
  const auto here = waiting(kind, g.partitions);
  if (g.owner == nullptr) {
    g.wait = static_cast<double>(here + 1) * others_pace_.seconds(static_cast<std::int64_t>(g.partitions.size()), now);
    return;
  }
  const auto& p = g.owner->second;
  const auto others = others_that_begin_first(*g.owner, kind);
  g.free = std::max<std::int64_t>(0, free_slots(*g.owner, kind, others) - here);
  g.wait = static_cast<double>(here + others + 1) * p.pace.seconds(p.said.slots.all(), now);
}

std::int64_t placement::waiting(std::string_view kind, const std::vector<std::int32_t>& partitions) const {
  std::int64_t n = 0;
  for (const auto i : partitions) n += static_cast<std::int64_t>(census_.waiting(kind, i));
  return n;
}

// Tasks of other kinds that wait at this processor and take slots: no more of a kind than it has slots for.
std::int64_t placement::others_that_begin_first(const processors::value_type& p, std::string_view kind) const {
  std::int64_t n = 0;
  for (const auto& [other, counts] : p.second.said.kinds) {
    const auto slots = slots_left(p.first, other, counts);
    if (other == kind || slots <= 0) continue;
    std::int64_t here = 0;
    const auto& owners = owners_.find(topic_of(other))->second;
    for (std::size_t i = 0; i < owners.size(); ++i) {
      if (owners[i] == &p) here += static_cast<std::int64_t>(census_.waiting(other, static_cast<std::int32_t>(i)));
    }
    n += std::min(here, slots);
  }
  return n;
}

std::vector<queued_task> placement::places_in_queue(base::steady_time now, base::sys_time log_now) {
  forget_silent(now);
  std::vector<queued_task> out;
  std::vector<task_census::waiting_task*> line;
  census_.each_kind([&](const std::string& kind, std::vector<task_census::lane>& lanes) {
    const auto groups = groups_of(topic_of(kind));
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

std::int32_t placement::partition_in(group& g, base::steady_time now) {
  auto* filling = g.owner == nullptr ? nullptr : &g.owner->second.filling;
  if (filling != nullptr && *filling && now - (*filling)->since < batch_lasts &&
      std::binary_search(g.partitions.begin(), g.partitions.end(), (*filling)->partition)) {
    return (*filling)->partition;
  }
  std::rotate(g.partitions.begin(), g.partitions.begin() + static_cast<std::ptrdiff_t>(turn_ % g.partitions.size()),
              g.partitions.end());
  const auto least = *std::min_element(g.partitions.begin(), g.partitions.end(),
                                       [this](auto a, auto b) { return census_.open(a) < census_.open(b); });
  if (filling != nullptr) *filling = {least, now};
  return least;
}

}  // namespace streamdemo::gateway
