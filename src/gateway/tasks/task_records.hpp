// The records a gateway writes. Pure, thread-safe.
#pragma once
#include <streamdemo/base/record.hpp>
#include <streamdemo/task/message.hpp>

#include "gateway/tasks/task_service.hpp"

namespace streamdemo::gateway {

// Where a task's records go.
struct task_route {
  std::string request_topic;
  std::string response_topic;
  std::int32_t partition = 0;  // of both
};

// Times of an accepted task, by the bus's clock.
struct task_times {
  base::sys_time expiry;
  std::optional<base::sys_time> accepted_at;  // log time of its `accepted`, if that was read back
};

// In all of these, `now` is by this machine's clock. `expiry`: by the bus's.
base::record accepted_record(const submission& s, const task_route& to, const std::string& source, base::sys_time now,
                             base::sys_time expiry);
// Takes the payload out of `s`.
base::record request_record(submission& s, const task_route& to, const std::string& source, base::sys_time now,
                            task_times times);
// An `ended` without a run: canceled or expired; `reason` is a sentence for the client.
base::record ended_record(const std::string& request_id, const std::string& kind, task::status how,
                          std::string_view reason, const task_route& to, const std::string& source, base::sys_time now);

// `deleted`: the data of a task that has ended must be deleted.
base::record deleted_record(const std::string& request_id, const std::string& kind, const task_route& to,
                            const std::string& source, base::sys_time now);

}  // namespace streamdemo::gateway
