#include "gateway/tasks/waiting_tasks.hpp"

#include <algorithm>

namespace streamdemo::gateway {

waiting_tasks::waiting_tasks(const std::vector<std::string>& kinds) {
  for (const auto& k : kinds) kinds_[k];
}

void waiting_tasks::waits(const std::string& id, std::string_view kind, base::sys_time since) {
  waits_no_more(id);
  const auto known = kinds_.find(kind);
  auto& of = known == kinds_.end() ? others_ : known->second;
  places_.emplace(id, place{&of, of.insert(since)});
}

void waiting_tasks::waits_no_more(const std::string& id) {
  const auto known = places_.find(id);
  if (known == places_.end()) return;
  known->second.of->erase(known->second.at);
  places_.erase(known);
}

std::vector<waiting_tasks::line> waiting_tasks::lines(base::sys_time now) const {
  const auto line_of = [now](std::string_view kind, const times& t) {
    // A broker's clock may be ahead of what this gateway takes for the time.
    const auto oldest = t.empty() ? base::milliseconds(0) : std::chrono::floor<base::milliseconds>(now - *t.begin());
    return line{kind, t.size(), std::max(oldest, base::milliseconds(0))};
  };
  std::vector<line> out;
  for (const auto& [kind, t] : kinds_) out.push_back(line_of(kind, t));
  out.push_back(line_of(other, others_));
  return out;
}

}  // namespace streamdemo::gateway
