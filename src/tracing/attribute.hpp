// One attribute as OTLP has it: a KeyValue of opentelemetry/proto/common/v1, as a field of a message. Pure.
#pragma once
#include <streamdemo/tracing/encoded_fields.hpp>

#include <cstdint>
#include <string>

namespace streamdemo::tracing {

// The field of the attributes in a Resource and in a Span.
inline constexpr std::uint32_t resource_attributes = 1;
inline constexpr std::uint32_t span_attributes = 9;

void append_attribute(encoded_fields& out, std::uint32_t field, std::string_view key, std::string_view value);
void append_attribute(encoded_fields& out, std::uint32_t field, std::string_view key, std::int64_t value);

// The value of that key, a number as text, among encoded attributes; empty: there is none.
std::string attribute_in(std::string_view encoded, std::string_view key);

}  // namespace streamdemo::tracing
