// What one client observed of one task. Plain values.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/http/client.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "compare/client/event.hpp"

namespace streamdemo::compare {

// The parameters of a `simulate` task.
struct task_shape {
  int results = 20;
  int interval_ms = 230;
  int payload_bytes = 0;
  int burn_ms = 0;

  std::string json() const;
  std::chrono::milliseconds duration() const {
    return std::chrono::milliseconds((results - 1) * (interval_ms + burn_ms));
  }
};

// The present time on the clock of all observations.
base::sys_time now();

struct arrival {
  base::sys_time made;     // by the sender
  base::sys_time arrived;  // at the client
  std::string source;
  std::int64_t attempt = 0;
};

struct attempt_start {
  std::int64_t attempt;
  base::sys_time arrived;  // its first event
};

class observation {
 public:
  base::sys_time submitted{};
  base::sys_time accepted{};  // when the 202 arrived
  base::sys_time finished{};
  std::uint64_t requests = 0;
  std::uint64_t empty_answers = 0;
  http::wire_counts wire;
  std::string failure;  // empty: none
  std::string request_id;

  // Records events that arrived at the same moment. Ignores signals and repeated events.
  void take(const std::vector<event>& events, base::sys_time now);
  std::int64_t cursor() const { return cursor_; }
  bool ended() const { return ended_; }
  const std::vector<arrival>& results() const { return results_; }
  const std::vector<attempt_start>& attempts() const { return attempts_; }
  // Whether every result came once and in order, and then the end.
  bool complete(const task_shape& shape) const;

 private:
  std::int64_t cursor_ = 0;
  bool ended_ = false;
  bool in_order_ = true;
  std::vector<arrival> results_;
  std::vector<attempt_start> attempts_;
};

}  // namespace streamdemo::compare
