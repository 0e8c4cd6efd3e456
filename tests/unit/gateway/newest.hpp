// The newest histories that are wanted, looked for a few at a time.
#pragma once
#include "gateway/history/histories.hpp"

namespace streamdemo::gateway::testing {

inline std::vector<history_ptr> newest(history_walk& walk, std::size_t limit,
                                       const std::function<bool(const task_view&)>& wanted) {
  std::vector<history_ptr> found;
  while (walk.next(2, limit, wanted, found)) {
  }
  return found;
}

inline std::vector<history_ptr> newest(const histories& all, std::optional<std::string_view> owner, std::size_t limit,
                                       const std::function<bool(const task_view&)>& wanted) {
  return newest(*all.newest_first(owner), limit, wanted);
}

}  // namespace streamdemo::gateway::testing
