// The settings of a processor's decisions.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace streamdemo::processor {

using base::sys_time;

struct decision_options {
  std::string source;  // this instance
  bool alone = false;  // no other instance can be alive
  base::milliseconds alive_interval{2000};
  base::milliseconds recovery_margin{60000};
  base::milliseconds keep_for{0};  // the same as for the gateways' histories
  std::size_t max_remembered_bytes = 64 << 20;
  std::size_t max_payload_bytes = 32 << 20;  // of tasks that wait; beyond that payloads are let go of and read again
  std::size_t small_payload = 1024;          // a smaller one stays: it takes less than what else is kept of a request
  std::uint32_t concurrency = 4;             // of all kinds together
  std::map<std::string, std::uint32_t, std::less<>> kind_concurrency;  // of a kind; not named: as many as of all
  base::milliseconds alone_wait{10000};  // how long a task that must run alone may keep others from starting
  std::uint32_t max_runs = 3;
  std::map<std::string, bool, std::less<>> kinds;  // kind → its handler can resume
  std::function<std::string()> new_run;            // a run id that no other run has
};

}  // namespace streamdemo::processor
