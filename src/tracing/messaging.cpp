#include <streamdemo/tracing/messaging.hpp>

namespace streamdemo::tracing {

namespace {

constexpr std::string_view parent_header = "traceparent";

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

span_ptr begin_send(tracer* t, base::record& r, base::sys_time at) {
  if (t == nullptr) return nullptr;
  std::string parent(r.header_value(parent_header).value_or(std::string_view{}));
  auto s = t->begin(parent, span_kind::producer, at);
  // Setting one makes all headers anew, which most records, whose traces are not recorded, are spared.
  if (r.header_value(parent_header).value_or(std::string_view{}) != parent) r.headers.set(parent_header, parent);
  if (s) describe(*s, *t, operation::send, "send", r);
  return s;
}

void forget_unsampled(base::record& r) {
  const auto parent = r.header_value(parent_header);
  if (!parent || !is_unsampled(*parent)) return;
  r.headers.erase_if([](const auto& h) { return h.name == parent_header || h.name == "tracestate"; });
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
