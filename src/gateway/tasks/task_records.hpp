// The records that a gateway writes. Thread-safe.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/record.hpp>
#include <streamdemo/task/message.hpp>

#include <map>

#include "gateway/tasks/task_service.hpp"

namespace streamdemo::gateway {

// What a request says of the `accepted` of its task. Times are those of the bus's clock.
struct acceptance {
  base::sys_time expiry;
  std::optional<base::sys_time> at;    // its log time, if it was read back
  std::optional<std::int64_t> offset;  // of the first one of this task, if that is known
};

class task_records {
 public:
  struct topics {
    std::string response;
    std::string request;                            // of kinds that have none of their own
    std::map<std::string, std::string> request_of;  // by kind
    std::int32_t partitions = 1;                    // of each
  };

  // `source`: of this gateway, in each record. `clock`, this machine's, outlives it.
  task_records(topics t, std::string source, const base::clock& clock);

  // `expiry`: by the bus's clock. `traceparent`: of the record; without one it has no trace.
  base::record accepted(const submission& s, base::sys_time expiry, std::string traceparent) const;
  // Takes the payload out of `s`.
  base::record request(submission& s, const acceptance& a, std::string traceparent) const;
  // Without a run: canceled or expired; `reason` is a sentence for the client.
  base::record ended(const std::string& request_id, const std::string& kind, task::status how,
                     std::string_view reason) const;
  // The data of a task that has ended must be deleted.
  base::record deleted(const std::string& request_id, const std::string& kind) const;

 private:
  base::record of_gateway(task::message_type type, const std::string& request_id, const std::string& kind,
                          std::string payload) const;
  task::message opening(task::message_type type, const submission& s, base::sys_time expiry,
                        std::string traceparent) const;
  base::record encoded(task::message m, const std::string& topic) const;

  const topics topics_;
  const std::string source_;
  const base::clock& clock_;
};

}  // namespace streamdemo::gateway
