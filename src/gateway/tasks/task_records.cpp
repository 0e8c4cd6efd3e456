#include "gateway/tasks/task_records.hpp"

#include <streamdemo/base/json.hpp>
#include <streamdemo/base/partition.hpp>
#include <streamdemo/task/end_payload.hpp>

namespace streamdemo::gateway {

task_records::task_records(topics t, std::string source, const base::clock& clock)
    : topics_(std::move(t)), source_(std::move(source)), clock_(clock) {}

base::record task_records::accepted(const submission& s, base::sys_time expiry, std::string traceparent) const {
  auto m = opening(task::message_type::accepted, s, expiry, std::move(traceparent));
  m.payload_hash = s.payload_hash;
  m.payload = R"({"kind":)" + base::json_string(s.kind) + R"(,"expires":")" + base::format_millis(expiry) + R"("})";
  return encoded(std::move(m), topics_.response);
}

base::record task_records::request(submission& s, const acceptance& a, std::string traceparent) const {
  auto m = opening(task::message_type::submitted, s, a.expiry, std::move(traceparent));
  m.accepted_at = a.at;
  m.accepted_offset = a.offset;
  m.content_type = s.content_type;
  m.payload = std::move(s.payload);
  const auto own = topics_.request_of.find(s.kind);
  return encoded(std::move(m), own == topics_.request_of.end() ? topics_.request : own->second);
}

base::record task_records::ended(const std::string& request_id, const std::string& kind, task::status how,
                                 std::string_view reason) const {
  return of_gateway(task::message_type::ended, request_id, kind, task::end_payload(how, reason));
}

base::record task_records::deleted(const std::string& request_id, const std::string& kind) const {
  return of_gateway(task::message_type::deleted, request_id, kind, "{}");
}

base::record task_records::of_gateway(task::message_type type, const std::string& request_id, const std::string& kind,
                                      std::string payload) const {
  task::message m;
  m.type = type;
  m.request_id = request_id;
  m.kind = kind;
  m.payload = std::move(payload);
  return encoded(std::move(m), topics_.response);
}

task::message task_records::opening(task::message_type type, const submission& s, base::sys_time expiry,
                                    std::string traceparent) const {
  task::message m;
  m.type = type;
  m.request_id = s.request_id;
  m.kind = s.kind;
  m.expiry = expiry;
  m.owner = s.owner;
  if (!traceparent.empty()) m.tracestate = s.tracestate;
  m.traceparent = std::move(traceparent);
  return m;
}

base::record task_records::encoded(task::message m, const std::string& topic) const {
  m.source = source_;
  m.time = clock_.now();
  const auto partition = base::partition_for(m.request_id, topics_.partitions);
  return task::encode(std::move(m), topic, partition);
}

}  // namespace streamdemo::gateway
