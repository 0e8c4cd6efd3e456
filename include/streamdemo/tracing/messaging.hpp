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

// A span for the way of a record to the bus. Below the one that the record's traceparent names; the record then carries
// this one instead. nullptr: it is not recorded, or `t` is nullptr.
span_ptr begin_send(tracer* t, base::record& r, base::sys_time at);
// Takes the parent out of a record if its trace is not recorded, where nobody needs to know that.
void forget_unsampled(base::record& r);
// The bus took it, at that offset (-1: not known), or did not (`why` is not empty).
void end_send(tracer* t, span_ptr s, std::int64_t offset, std::string_view why, base::sys_time at);

}  // namespace streamdemo::tracing
