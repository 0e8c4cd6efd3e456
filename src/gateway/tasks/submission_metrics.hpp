// Counts submissions by how they ended, and the time that they took.
#pragma once
#include <streamdemo/base/metrics.hpp>

#include "gateway/tasks/task_service.hpp"

namespace streamdemo::gateway {

class submission_metrics {
 public:
  explicit submission_metrics(base::metrics& m)
      : metrics_(m),
        seconds_(m.histogram("streamdemo_submit_seconds", "From a checked request to a durable task",
                             {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10})) {
    // All from the start on: a series that appears with its first refusal has no growth that an alarm could see.
    of("accepted");
    of("repeated");
    for (auto e = 0; e <= static_cast<int>(base::errc::internal); ++e) of(base::to_string(static_cast<base::errc>(e)));
  }

  void ended(const base::result<accepted_task>& r, base::steady_time::duration took) {
    seconds_.Observe(std::chrono::duration<double>(took).count());
    of(r.has_value() ? (r->repeated ? "repeated" : "accepted") : base::to_string(r.error().code)).Increment();
  }

 private:
  base::counter& of(std::string_view result) {
    return metrics_.counter("streamdemo_submissions_total", "Submissions by how they ended",
                            {{"result", std::string(result)}});
  }

  base::metrics& metrics_;
  base::histogram& seconds_;
};

}  // namespace streamdemo::gateway
