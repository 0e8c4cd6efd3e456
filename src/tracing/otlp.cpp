#include "tracing/otlp.hpp"

#include <algorithm>
#include <streamdemo/base/text.hpp>

#include "tracing/attribute.hpp"
#include "tracing/protobuf.hpp"

namespace streamdemo::tracing {

namespace {

// Field numbers of opentelemetry/proto/{collector/trace,trace,resource,common}/v1.
namespace field {
constexpr std::uint32_t request_resource_spans = 1;
constexpr std::uint32_t resource_spans_resource = 1;
constexpr std::uint32_t resource_spans_scope_spans = 2;
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
constexpr std::uint32_t span_status = 15;
constexpr std::uint32_t status_message = 2;
constexpr std::uint32_t status_code = 3;
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

bool has_parent(const span& s) noexcept {
  return s.parent != span_id{};
}

std::size_t size_of_status(const span& s) noexcept {
  return protobuf_writer::size_of_bytes(s.why.size()) + protobuf_writer::size_of_number(status_error);
}

std::size_t size_of(const span& s) noexcept {
  using p = protobuf_writer;
  return p::size_of_bytes(s.context.trace.size()) + p::size_of_bytes(s.context.span.size()) +
         (has_parent(s) ? p::size_of_bytes(s.parent.size()) : 0) + p::size_of_bytes(s.name.size()) +
         p::size_of_number(static_cast<std::uint64_t>(s.kind)) + 2 * p::size_of_fixed64 + s.attributes.view().size() +
         (s.failed ? p::size_of_bytes(size_of_status(s)) : 0);
}

void encode(protobuf_writer& w, const span& s) noexcept {
  w.bytes(field::span_trace_id, bytes_of(s.context.trace));
  w.bytes(field::span_span_id, bytes_of(s.context.span));
  if (has_parent(s)) w.bytes(field::span_parent, bytes_of(s.parent));
  w.bytes(field::span_name, s.name);
  w.number(field::span_kind, static_cast<std::uint64_t>(s.kind));
  w.fixed64(field::span_begin, nanos(s.begin));
  // The wall clock may have been set back in between.
  w.fixed64(field::span_end, nanos(std::max(s.begin, s.end)));
  w.encoded(s.attributes.view());
  if (!s.failed) return;
  w.begin_bytes(field::span_status, size_of_status(s));
  w.bytes(field::status_message, s.why);
  w.number(field::status_code, status_error);
}

}  // namespace

std::string encode_resource(const options& o, const process_facts& facts) {
  encoded_fields out;
  const auto add = [&](std::string_view key, std::string_view value) {
    if (!value.empty()) append_attribute(out, resource_attributes, key, value);
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
  return std::string(out.view());
}

void encode_span(std::string& out, const span& s) {
  const auto size = size_of(s);
  out.resize(protobuf_writer::size_of_bytes(size));
  protobuf_writer w(out.data());
  w.begin_bytes(field::scope_spans_spans, size);
  encode(w, s);
}

void encode_request(std::string& out, std::string_view resource, std::string_view version, std::string_view spans) {
  using p = protobuf_writer;
  constexpr std::string_view name = "streamdemo";
  const auto scope = p::size_of_bytes(name.size()) + p::size_of_bytes(version.size());
  const auto in_scope = p::size_of_bytes(scope) + spans.size();
  const auto in_resource = p::size_of_bytes(resource.size()) + p::size_of_bytes(in_scope);

  out.resize(p::size_of_bytes(in_resource));
  p w(out.data());
  w.begin_bytes(field::request_resource_spans, in_resource);
  w.bytes(field::resource_spans_resource, resource);
  w.begin_bytes(field::resource_spans_scope_spans, in_scope);
  w.begin_bytes(field::scope_spans_scope, scope);
  w.bytes(field::scope_name, name);
  w.bytes(field::scope_version, version);
  w.encoded(spans);
}

bool is_answer(std::string_view content_type, std::string_view body) noexcept {
  const auto type = base::trim(content_type.substr(0, content_type.find(';')));
  return body.empty() || base::same_word(type, "application/x-protobuf") || base::same_word(type, "application/json");
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
