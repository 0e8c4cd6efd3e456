#include "gateway/tasks/placement/task_census.hpp"

#include <utility>

namespace streamdemo::gateway {

void task_census::promised(const std::string& id, std::string_view kind, std::int32_t partition,
                           base::steady_time now) {
  wait(*enter(id, kind, partition), task::place::promised, now);
  promises_.push_back({id, now});
  if (promises_.size() <= max_promises) return;
  withdrawn(promises_.front().id);
  promises_.pop_front();
}

void task_census::withdrawn(const std::string& id) {
  const auto it = tasks_.find(id);
  if (it != tasks_.end() && it->second.now == task::place::promised) remove(it);
}

void task_census::forget_promises(base::steady_time now) {
  for (; !promises_.empty() && now - promises_.front().since > promise_holds; promises_.pop_front()) {
    withdrawn(promises_.front().id);
  }
}

void task_census::accepted(const std::string& id, std::string_view kind, std::int32_t partition,
                           base::steady_time now) {
  const auto it = tasks_.find(id);
  if (it == tasks_.end()) return wait(*enter(id, kind, partition), task::place::waiting, now);
  if (it->second.now == task::place::promised) {
    it->second.now = task::place::waiting;
  } else {
    leave(it->second);
    wait(*it, task::place::waiting, now);
  }
}

void task_census::started(const std::string& id, std::string_view source, base::sys_time began) {
  const auto it = tasks_.find(id);
  if (it == tasks_.end()) return;
  auto& t = it->second;
  leave(t);
  t.now = task::place::running;
  t.source = source;
  auto& s = sources_[t.source];
  ++s.all;
  auto& all_began = s.of_kind[t.kind->first];
  t.began = all_began.insert(all_began.end(), began);
}

std::string task_census::released(const std::string& id, base::steady_time now) {
  const auto it = tasks_.find(id);
  if (it == tasks_.end()) return {};
  auto source = leave(it->second);
  wait(*it, task::place::waiting, now);
  return source;
}

std::string task_census::over(const std::string& id) {
  const auto it = tasks_.find(id);
  if (it == tasks_.end()) return {};
  std::string source = it->second.source;
  remove(it);
  return source;
}

void task_census::discount_waiting_since_before(std::string_view kind, std::int32_t partition, base::steady_time time) {
  const auto k = kinds_.find(kind);
  if (k == kinds_.end()) return;
  auto& l = k->second.lanes[static_cast<std::size_t>(partition)];
  while (!l.empty() && l.front().since < time) {
    tasks_.find(l.front().id)->second.now = task::place::discounted;
    l.pop_front();
  }
}

std::size_t task_census::waiting(std::string_view kind, std::span<const std::int32_t> partitions) const {
  const auto k = kinds_.find(kind);
  if (k == kinds_.end()) return 0;
  std::size_t n = 0;
  for (const auto i : partitions) n += k->second.lanes[static_cast<std::size_t>(i)].size();
  return n;
}

std::size_t task_census::running(std::string_view source) const {
  const auto s = sources_.find(source);
  return s == sources_.end() ? 0 : s->second.all;
}

std::size_t task_census::running(std::string_view source, std::string_view kind) const {
  const auto s = sources_.find(source);
  if (s == sources_.end()) return 0;
  const auto k = s->second.of_kind.find(kind);
  return k == s->second.of_kind.end() ? 0 : k->second.size();
}

std::vector<base::sys_time> task_census::began(std::string_view source, std::string_view kind) const {
  std::vector<base::sys_time> out;
  const auto s = sources_.find(source);
  if (s == sources_.end()) return out;
  const auto k = s->second.of_kind.find(kind);
  if (k == s->second.of_kind.end()) return out;
  for (const auto t : k->second) {
    if (t != base::sys_time{}) out.push_back(t);
  }
  return out;
}

base::sys_time task_census::began(const std::string& id) const {
  const auto it = tasks_.find(id);
  return it == tasks_.end() || it->second.now != task::place::running ? base::sys_time{} : *it->second.began;
}

task_census::tasks::iterator task_census::enter(const std::string& id, std::string_view kind, std::int32_t partition) {
  auto k = kinds_.find(kind);
  if (k == kinds_.end()) k = kinds_.try_emplace(std::string(kind)).first;
  k->second.lanes.resize(open_.size());
  ++k->second.tasks;
  ++open_[static_cast<std::size_t>(partition)];
  return tasks_.emplace(id, task{&*k, partition, task::place::discounted, {}, {}, {}}).first;
}

void task_census::wait(tasks::value_type& t, task::place as, base::steady_time now) {
  auto& l = lane_of(t.second);
  l.push_back({t.first, now, {}});
  t.second.at = std::prev(l.end());
  t.second.now = as;
}

std::string task_census::leave(task& t) {
  const auto from = std::exchange(t.now, task::place::discounted);
  if (from == task::place::promised || from == task::place::waiting) lane_of(t).erase(t.at);
  if (from != task::place::running) return {};
  const auto s = sources_.find(t.source);
  const auto k = s->second.of_kind.find(t.kind->first);
  k->second.erase(t.began);
  if (k->second.empty()) s->second.of_kind.erase(k);
  if (--s->second.all == 0) sources_.erase(s);
  return std::exchange(t.source, {});
}

void task_census::remove(tasks::iterator it) {
  leave(it->second);
  --open_[static_cast<std::size_t>(it->second.partition)];
  if (const auto k = it->second.kind; --k->second.tasks == 0) kinds_.erase(kinds_.find(k->first));
  tasks_.erase(it);
}

}  // namespace streamdemo::gateway
