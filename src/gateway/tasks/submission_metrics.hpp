// Counts submissions by how they ended, and the time that they took.
#pragma once
#include <streamdemo/base/metrics.hpp>

#include <array>

#include "gateway/tasks/task_service.hpp"

namespace streamdemo::gateway {

class submission_metrics {
 public:
  explicit submission_metrics(base::metrics& m)
      : accepted_(of(m, "accepted")),
        repeated_(of(m, "repeated")),
        seconds_(m.histogram("streamdemo_submit_seconds", "From a checked request to a durable task",
                             {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10})) {
    // All from the start on: a series that appears with its first refusal has no growth that an alarm could see.
    for (std::size_t e = 0; e < refused_.size(); ++e) {
      refused_[e] = &of(m, base::to_string(static_cast<base::errc>(e)));
    }
  }

  void ended(const base::result<accepted_task>& r, base::steady_time::duration took) {
    seconds_.Observe(std::chrono::duration<double>(took).count());
    if (r.has_value()) {
      (r->repeated ? repeated_ : accepted_).Increment();
    } else {
      refused_[static_cast<std::size_t>(r.error().code)]->Increment();
    }
  }

 private:
  static base::counter& of(base::metrics& m, std::string_view result) {
    return m.counter("streamdemo_submissions_total", "Submissions by how they ended",
                     {{"result", std::string(result)}});
  }

  base::counter& accepted_;
  base::counter& repeated_;
  std::array<base::counter*, static_cast<std::size_t>(base::errc::internal) + 1> refused_{};  // by errc
  base::histogram& seconds_;
};

}  // namespace streamdemo::gateway
