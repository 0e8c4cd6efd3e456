// Spans about records on the bus, with the semantic conventions of messaging. Any thread.
#pragma once
#include <streamdemo/base/record.hpp>
#include <streamdemo/tracing/tracer.hpp>

namespace streamdemo::tracing {

// The task that a span is about.
inline constexpr std::string_view task_key = "streamdemo.request_id";
inline constexpr std::string_view kind_key = "streamdemo.kind";

// What the conventions call `messaging.operation.type`.
enum class operation : std::uint8_t { send, process };

// Names the span "<name> <topic>" and says what it is about.
void describe(span& s, const tracer& t, operation type, std::string_view name, const base::record& r);

// -1: it is not known.
void set_offset(span& s, const tracer& t, std::int64_t offset);

// A record and the span of its way to the bus. nullptr: that is not recorded.
struct outgoing {
  base::record record;
  span_ptr span;
};

// A span for the way of a record to the bus, below the one that `traceparent` names; the record is to be made with what
// that has become. nullptr: it is not recorded, or `t` is nullptr.
span_ptr begin_send(tracer* t, std::string& traceparent, base::sys_time at);
// The record has been made; the span, if there is one, says what it is about.
outgoing describe_send(span_ptr s, const tracer* t, base::record r);
// The bus took it, at that offset (-1: not known), or did not (`why` is not empty).
void end_send(tracer* t, span_ptr s, std::int64_t offset, std::string_view why, base::sys_time at);

}  // namespace streamdemo::tracing
