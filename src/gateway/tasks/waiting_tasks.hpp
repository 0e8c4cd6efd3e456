// The open tasks that no processor runs, by kind, and since when each has waited, for those who watch. A step takes
// logarithmic time; memory is bounded by the open tasks. Pure: bus time is an argument. Used by the task service, on
// loop 0. (placement's task_census is about what a processor will begin: it has tasks that are only promised, leaves
// out those that no processor seems to have, which are waiting here all the same, and goes by when this gateway read of
// them.)
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/string_map.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace streamdemo::gateway {

class waiting_tasks {
 public:
  // All other kinds count as one, so that their number is bounded whatever other gateways accept.
  static constexpr std::string_view other = "other";

  explicit waiting_tasks(const std::vector<std::string>& kinds);
  waiting_tasks(const waiting_tasks&) = delete;

  // The task waits since then; this replaces what was known of it.
  void waits(const std::string& id, std::string_view kind, base::sys_time since);
  // It is run, or has ended.
  void waits_no_more(const std::string& id);

  struct line {
    std::string_view kind;
    std::size_t tasks;
    base::milliseconds oldest;  // 0: none waits
  };
  // One for each kind, and the last for all others.
  std::vector<line> lines(base::sys_time now) const;

 private:
  using times = std::multiset<base::sys_time>;
  struct place {
    times* of;
    times::iterator at;
  };
  std::map<std::string, times, std::less<>> kinds_;
  times others_;
  base::string_map<place> places_;
};

}  // namespace streamdemo::gateway
