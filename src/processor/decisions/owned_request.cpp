#include "processor/decisions/owned_request.hpp"

#include <streamdemo/task/end_payload.hpp>
#include <streamdemo/tracing/trace_context.hpp>

namespace streamdemo::processor {

using task::message;
using task::message_type;

void owned_request::fill(const base::record_ptr& from, const task::message_view& request) {
  id = request.request_id;
  record = from;
  kind = request.kind;
  owner = request.owner;
  content_type = request.content_type;
  traceparent = request.traceparent;
  tracestate = request.tracestate;
  since = from->log_time;
}

base::record_ptr without_payload(const base::record& r) {
  auto rest = std::make_shared<base::record>();
  rest->topic = r.topic;
  rest->partition = r.partition;
  rest->offset = r.offset;
  rest->log_time = r.log_time;
  rest->key = r.key;
  rest->headers = r.headers;
  return rest;
}

void owned_request::replace_record(base::record_ptr by) {
  for (auto& d : deliveries) {
    if (d.record == record) d.record = by;
  }
  record = std::move(by);
}

void owned_request::let_go_of_payload() {
  replace_record(without_payload(*record));
  payload = payload_state::let_go;
}

void owned_request::take_payload(base::record_ptr whole) {
  replace_record(std::move(whole));
  payload = payload_state::here;
}

void owned_request::take_other(base::record_ptr whole) {
  record = std::move(whole);
  payload = payload_state::here;
}

void owned_request::take_word_of(const task::message_view& request) {
  auto& t = as_asked.emplace();
  t.request_id = request.request_id;
  t.kind = request.kind;
  t.owner = request.owner;
  t.expiry = *request.expiry;
  t.accepted_at = since;
  accepted_offset = *request.accepted_offset;
}

void owned_request::read_back(const task::message_view& m) {
  if (m.type == message_type::started && run && run->id == m.run) run->read_back = true;
  if (m.type == message_type::ended && m.run.empty() && m.replaces) verdict_sent = false;
  if (m.type == message_type::released && m.run == given_back) given_back.clear();
}

void owned_request::forget_written() {
  verdict_sent = false;
  releasing.clear();
  given_back.clear();
  if (run) run->read_back = false;
}

message owned_request::about(message_type type) const {
  message m;
  m.type = type;
  m.request_id = id;
  m.kind = kind;
  m.payload = "{}";
  // Only whoever runs the task must know that its trace is not recorded.
  if (!tracing::is_unsampled(traceparent)) {
    m.traceparent = traceparent;
    m.tracestate = tracestate;
  }
  return m;
}

message owned_request::started(const own_run& r, const std::string& replaces) const {
  auto m = about(message_type::started);
  m.run = r.id;
  m.runseq = 1;
  m.replaces = replaces;
  m.resume = r.resume;
  return m;
}

message owned_request::released(const std::string& run_id, std::int64_t runseq) const {
  auto m = about(message_type::released);
  m.run = run_id;
  m.runseq = runseq;
  return m;
}

message owned_request::verdict(const std::string& replaces, task::status end, std::string_view why) const {
  auto m = about(message_type::ended);
  m.replaces = replaces;
  m.payload = task::end_payload(end, why);
  return m;
}

}  // namespace streamdemo::processor
