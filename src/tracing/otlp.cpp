#include "tracing/otlp.hpp"

#include <algorithm>

#include "tracing/protobuf.hpp"

namespace streamdemo::tracing {

namespace {

// Field numbers of opentelemetry/proto/{collector/trace,trace,resource,common}/v1.
namespace field {
constexpr std::uint32_t request_resource_spans = 1;
constexpr std::uint32_t resource_spans_resource = 1;
constexpr std::uint32_t resource_spans_scope_spans = 2;
constexpr std::uint32_t resource_attributes = 1;
constexpr std::uint32_t scope_spans_scope = 1;
constexpr std::uint32_t scope_spans_spans = 2;
constexpr std::uint32_t scope_name = 1;
constexpr std::uint32_t scope_version = 2;
constexpr std::uint32_t span_trace_id = 1;
constexpr std::uint32_t span_span_id = 2;
constexpr std::uint32_t span_parent = 4;
constexpr std::uint32_t span_name = 5;
constexpr std::uint32_t span_kind = 6;
constexpr std::uint32_t span_begin = 7;
constexpr std::uint32_t span_end = 8;
constexpr std::uint32_t span_attributes = 9;
constexpr std::uint32_t span_status = 15;
constexpr std::uint32_t status_message = 2;
constexpr std::uint32_t status_code = 3;
constexpr std::uint32_t key_value_key = 1;
constexpr std::uint32_t key_value_value = 2;
constexpr std::uint32_t any_string = 1;
constexpr std::uint32_t any_int = 3;
constexpr std::uint32_t answer_partial_success = 1;
constexpr std::uint32_t partial_rejected = 1;
constexpr std::uint32_t partial_message = 2;
}  // namespace field

constexpr std::uint64_t status_error = 2;

template <std::size_t N>
std::string_view bytes_of(const std::array<std::uint8_t, N>& id) noexcept {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

std::uint64_t nanos(base::sys_time t) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(t.time_since_epoch().count(), 0)) * 1000;
}

protobuf_writer key_value(std::string_view key, const std::variant<std::string, std::int64_t>& value) {
  protobuf_writer any;
  if (const auto* text = std::get_if<std::string>(&value)) {
    any.bytes_of_several(field::any_string, *text);
  } else {
    any.number_of_several(field::any_int, static_cast<std::uint64_t>(std::get<std::int64_t>(value)));
  }
  protobuf_writer kv;
  kv.bytes(field::key_value_key, key);
  kv.message(field::key_value_value, any);
  return kv;
}

bool has_parent(const span& s) noexcept {
  return std::any_of(s.parent.begin(), s.parent.end(), [](auto b) { return b != 0; });
}

protobuf_writer encode(const span& s) {
  protobuf_writer w;
  w.bytes(field::span_trace_id, bytes_of(s.context.trace));
  w.bytes(field::span_span_id, bytes_of(s.context.span));
  if (has_parent(s)) w.bytes(field::span_parent, bytes_of(s.parent));
  w.bytes(field::span_name, s.name);
  w.number(field::span_kind, static_cast<std::uint64_t>(s.kind));
  w.fixed64(field::span_begin, nanos(s.begin));
  // The wall clock may have been set back in between.
  w.fixed64(field::span_end, nanos(std::max(s.begin, s.end)));
  for (const auto& a : s.attributes) w.message(field::span_attributes, key_value(a.key, a.value));
  if (s.failed) {
    protobuf_writer status;
    status.bytes(field::status_message, s.why);
    status.number(field::status_code, status_error);
    w.message(field::span_status, status);
  }
  return w;
}

}  // namespace

std::string encode_resource(const options& o, const process_facts& facts) {
  protobuf_writer w;
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) w.message(field::resource_attributes, key_value(key, value));
  };
  const auto given = [&](std::string_view key) {
    return std::any_of(o.resource.begin(), o.resource.end(), [&](const auto& a) { return a.first == key; });
  };
  add("service.name", o.service_name);
  if (!given("service.version")) add("service.version", facts.version);
  if (!given("service.instance.id")) add("service.instance.id", facts.instance);
  add("telemetry.sdk.name", "streamdemo");
  add("telemetry.sdk.language", "cpp");
  add("telemetry.sdk.version", facts.version);
  for (const auto& [key, value] : o.resource) add(key, value);
  return std::move(w).take();
}

std::string encode_request(std::string_view resource, std::string_view version, std::span<const span_ptr> spans) {
  protobuf_writer scope;
  scope.bytes(field::scope_name, "streamdemo");
  scope.bytes(field::scope_version, version);
  protobuf_writer of_scope;
  of_scope.message(field::scope_spans_scope, scope);
  for (const auto& s : spans) of_scope.message(field::scope_spans_spans, encode(*s));
  protobuf_writer of_resource;
  of_resource.bytes(field::resource_spans_resource, resource);
  of_resource.message(field::resource_spans_scope_spans, of_scope);
  protobuf_writer request;
  request.message(field::request_resource_spans, of_resource);
  return std::move(request).take();
}

partial_success decode_answer(std::string_view body) {
  partial_success p;
  protobuf_reader answer(body);
  while (const auto f = answer.next()) {
    if (f->number != field::answer_partial_success) continue;
    protobuf_reader inner(f->bytes);
    while (const auto g = inner.next()) {
      if (g->number == field::partial_rejected) p.rejected = g->value;
      if (g->number == field::partial_message) p.message = g->bytes;
    }
  }
  return p;
}

}  // namespace streamdemo::tracing
