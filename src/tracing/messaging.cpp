#include <algorithm>
#include <streamdemo/tracing/messaging.hpp>

namespace streamdemo::tracing {

namespace {

constexpr std::string_view parent_header = "traceparent";

bool is_parent(const base::header& h) noexcept {
  return h.name == parent_header;
}

std::string& parent_in(base::record& r) {
  // It is one of the last.
  const auto found = std::find_if(r.headers.rbegin(), r.headers.rend(), is_parent);
  if (found != r.headers.rend()) return found->value;
  r.headers.push_back({std::string(parent_header), {}});
  return r.headers.back().value;
}

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
  auto s = t->begin(parent_in(r), span_kind::producer, at);
  if (s) describe(*s, *t, operation::send, "send", r);
  return s;
}

void forget_unsampled(base::record& r) {
  const auto found = std::find_if(r.headers.rbegin(), r.headers.rend(), is_parent);
  if (found == r.headers.rend() || !is_unsampled(found->value)) return;
  std::erase_if(r.headers, [](const auto& h) { return is_parent(h) || h.name == "tracestate"; });
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
