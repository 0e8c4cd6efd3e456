// Whether a task may still need an upload, as far as the log was read. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <optional>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

enum class input_standing {
  due,      // its task has not ended, or its `accepted` may not be in the log yet
  over,     // its task has ended
  unknown,  // by now the log would have its task: if it was read to its end, the upload is not needed either
};

// `since`: when the upload was committed; `task`: what the log says of its id; all by the bus's time. `on_its_way`: how
// long after the upload the `accepted` may come into the log.
inline input_standing standing_of(base::sys_time since, const std::optional<task_view>& task, base::sys_time now,
                                  base::milliseconds on_its_way) noexcept {
  if (task && !task::is_end(task->status)) return input_standing::due;
  // An upload after the task's end belongs to a new task with the same idempotency key.
  if (task && since <= task->ended_at) return input_standing::over;
  return now - since <= on_its_way ? input_standing::due : input_standing::unknown;
}

}  // namespace streamdemo::gateway
