// What one client saw of one task. Plain values.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/http/client.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "compare/client/event.hpp"

namespace streamdemo::compare {

// What a task is asked to do: a `simulate` task.
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

// The clock by which everything is noted that was seen.
base::sys_time now();

struct arrival {
  base::sys_time made;     // by the sender
  base::sys_time arrived;  // at the client
  std::string source;
  std::int64_t attempt = 0;
};

class observation {
 public:
  base::sys_time submitted{};
  base::sys_time accepted{};  // the 202 was there
  base::sys_time finished{};
  std::uint64_t requests = 0;
  std::uint64_t empty_answers = 0;
  http::wire_counts wire;
  std::string failure;  // empty: none
  std::string request_id;

  // Takes the events of one moment. Signals and repetitions are let go.
  void take(const std::vector<event>& events, base::sys_time now);
  std::int64_t cursor() const { return cursor_; }
  bool ended() const { return ended_; }
  const std::vector<arrival>& results() const { return results_; }
  // Every result came once, in order, and then the end.
  bool complete(const task_shape& shape) const;

 private:
  std::int64_t cursor_ = 0;
  bool ended_ = false;
  bool in_order_ = true;
  std::vector<arrival> results_;
};

}  // namespace streamdemo::compare
