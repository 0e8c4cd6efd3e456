// Shows how many tasks of each kind wait, and the age of the oldest. On loop 0.
#pragma once
#include <streamdemo/base/metrics.hpp>

#include "gateway/tasks/waiting_tasks.hpp"

namespace streamdemo::gateway {

class waiting_metrics {
 public:
  waiting_metrics(base::metrics& m, const waiting_tasks& tasks) {
    for (const auto& l : tasks.lines({})) {
      const base::labels kind{{"kind", std::string(l.kind)}};
      gauges_.push_back({m.gauge("streamdemo_tasks_waiting", "Tasks that no processor runs yet, or any longer", kind),
                         m.gauge("streamdemo_tasks_oldest_waiting_seconds",
                                 "Since the task that has waited longest was accepted, or given back", kind)});
    }
  }

  void show(const waiting_tasks& tasks, base::sys_time now) {
    const auto lines = tasks.lines(now);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      gauges_[i].tasks.Set(static_cast<double>(lines[i].tasks));
      gauges_[i].oldest.Set(std::chrono::duration<double>(lines[i].oldest).count());
    }
  }

 private:
  struct of_kind {
    base::gauge& tasks;
    base::gauge& oldest;
  };
  std::vector<of_kind> gauges_;  // as lines()
};

}  // namespace streamdemo::gateway
