// What the histories know of one partition of `response`. Loop 0.
#pragma once
#include <streamdemo/base/record.hpp>
#include <streamdemo/task/fold.hpp>

#include "gateway/history/histories.hpp"
#include "gateway/history/partition_clock.hpp"

namespace streamdemo::gateway {

struct partition_state {
  explicit partition_state(task::fold::options o) : fold(o) {}

  task::fold fold;
  partition_clock clock;
  std::uint32_t epoch = 0;  // how often it was restarted
  bool restarting = false;

  // For the store.
  std::optional<histories::place> place;  // the last record that was applied, before this batch
  const base::record* last = nullptr;     // the last of this batch so far
  bool moved = false;                     // since `place` was noted
  base::sys_time forgotten{};             // ends before this are forgotten
};

}  // namespace streamdemo::gateway
