#include "gateway/tasks/task_records.hpp"

#include <streamdemo/base/json.hpp>
#include <streamdemo/task/end_payload.hpp>

namespace streamdemo::gateway {

namespace {

task::message opening(task::message_type type, const submission& s, const std::string& source, base::sys_time now,
                      base::sys_time expiry) {
  task::message m;
  m.type = type;
  m.request_id = s.request_id;
  m.kind = s.kind;
  m.source = source;
  m.time = now;
  m.expiry = expiry;
  m.owner = s.owner;
  m.traceparent = s.traceparent;
  m.tracestate = s.tracestate;
  return m;
}

}  // namespace

base::record accepted_record(const submission& s, const task_route& to, const std::string& source, base::sys_time now,
                             base::sys_time expiry) {
  auto m = opening(task::message_type::accepted, s, source, now, expiry);
  m.payload_hash = s.payload_hash;
  m.payload = R"({"kind":)" + base::json_string(s.kind) + R"(,"expires":")" + base::format_millis(expiry) + R"("})";
  return task::encode(std::move(m), to.response_topic, to.partition);
}

base::record request_record(submission& s, const task_route& to, const std::string& source, base::sys_time now,
                            task_times times) {
  auto m = opening(task::message_type::submitted, s, source, now, times.expiry);
  m.accepted_at = times.accepted_at;
  m.content_type = std::move(s.content_type);
  m.payload = std::move(s.payload);
  return task::encode(std::move(m), to.request_topic, to.partition);
}

namespace {

// A record of the gateway itself, which belongs to no run.
base::record record_of_gateway(task::message_type type, const std::string& request_id, const std::string& kind,
                               std::string payload, const task_route& to, const std::string& source,
                               base::sys_time now) {
  task::message m;
  m.type = type;
  m.request_id = request_id;
  m.kind = kind;
  m.source = source;
  m.time = now;
  m.payload = std::move(payload);
  return task::encode(std::move(m), to.response_topic, to.partition);
}

}  // namespace

base::record ended_record(const std::string& request_id, const std::string& kind, task::status how,
                          std::string_view reason, const task_route& to, const std::string& source,
                          base::sys_time now) {
  return record_of_gateway(task::message_type::ended, request_id, kind, task::end_payload(how, reason), to, source,
                           now);
}

base::record deleted_record(const std::string& request_id, const std::string& kind, const task_route& to,
                            const std::string& source, base::sys_time now) {
  return record_of_gateway(task::message_type::deleted, request_id, kind, "{}", to, source, now);
}

}  // namespace streamdemo::gateway
