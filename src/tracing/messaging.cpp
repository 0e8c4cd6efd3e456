#include <streamdemo/tracing/messaging.hpp>

namespace streamdemo::tracing {

namespace {

// The conventions have these names for Kafka alone.
bool is_kafka(const tracer& t) noexcept {
  return t.bus() == "kafka";
}

}  // namespace

void set_offset(span& s, const tracer& t, std::int64_t offset) {
  if (offset >= 0 && is_kafka(t)) s.set("messaging.kafka.offset", offset);
}

void describe(span& s, const tracer& t, operation type, std::string_view name, const base::record& r) {
  s.name = std::string(name) + ' ' + r.topic;
  s.set("messaging.system", t.bus());
  s.set("messaging.operation.name", name);
  s.set("messaging.operation.type", type == operation::send ? "send" : "process");
  s.set("messaging.destination.name", r.topic);
  s.set("messaging.destination.partition.id", std::to_string(r.partition));
  if (!r.value.empty()) s.set("messaging.message.body.size", static_cast<std::int64_t>(r.value.size()));
  if (!r.key.empty()) s.set(task_key, r.key);
  if (is_kafka(t) && !r.key.empty()) s.set("messaging.kafka.message.key", r.key);
  set_offset(s, t, r.offset);
  if (const auto id = r.header_value("ce_id")) s.set("messaging.message.id", *id);
  if (const auto event = r.header_value("ce_type")) s.set("cloudevents.event_type", *event);
}

span_ptr begin_send(tracer* t, std::string& traceparent, base::sys_time at) {
  return t != nullptr ? t->begin(traceparent, span_kind::producer, at) : nullptr;
}

outgoing describe_send(span_ptr s, const tracer* t, base::record r) {
  if (s) describe(*s, *t, operation::send, "send", r);
  return {std::move(r), std::move(s)};
}

void end_send(tracer* t, span_ptr s, std::int64_t offset, std::string_view why, base::sys_time at) {
  if (!s) return;
  if (why.empty()) {
    set_offset(*s, *t, offset);
  } else {
    s->fail(why);
  }
  t->end(std::move(s), at);
}

}  // namespace streamdemo::tracing
