// The bodies of OTLP/HTTP (opentelemetry-proto 1.x, binary): a request with spans, and what its answer says. Pure.
#pragma once
#include <streamdemo/tracing/options.hpp>
#include <streamdemo/tracing/span.hpp>
#include <streamdemo/tracing/tracer.hpp>

namespace streamdemo::tracing {

// The `Resource` of this process, encoded once.
std::string encode_resource(const options& o, const process_facts& facts);

// Replaces `out` by one span as it stands in a request.
void encode_span(std::string& out, const span& s);

// Replaces `out` by an ExportTraceServiceRequest. `version`: of this program, which made the spans. `spans`: encoded,
// one after the other.
void encode_request(std::string& out, std::string_view resource, std::string_view version, std::string_view spans);

// Whether an answer that says "taken" is one of OTLP: of a type that it has, or empty, as some receivers answer. A page
// for people is none: whoever sends it has not read the request.
bool is_answer(std::string_view content_type, std::string_view body) noexcept;

// What the receiver of a 200 did not take.
struct partial_success {
  std::uint64_t rejected = 0;
  std::string message;
};
// Nothing was rejected as far as it can be read.
partial_success decode_answer(std::string_view body);

}  // namespace streamdemo::tracing
