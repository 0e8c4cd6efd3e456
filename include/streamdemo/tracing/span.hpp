// One piece of work of a trace, with the words of OpenTelemetry. Plain data. Times are this machine's.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/tracing/encoded_fields.hpp>
#include <streamdemo/tracing/trace_context.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace streamdemo::tracing {

// As numbered in OTLP.
enum class span_kind : std::uint8_t { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

struct span {
  trace_context context;
  span_id parent{};  // zeros: none
  span_kind kind = span_kind::internal;
  std::string name;
  base::sys_time begin{};
  base::sys_time end{};
  // One after the other: a trace has hundreds, and each of its own would be memory of its own.
  encoded_fields attributes;
  bool failed = false;
  std::string why;  // it failed

  // Cuts what is too long, and replaces what is no UTF-8.
  span& set(std::string_view key, std::string_view value);
  span& set(std::string_view key, std::int64_t value);
  span& fail(std::string_view reason);

  static constexpr std::size_t longest_text = 256;
};

// nullptr: nothing is recorded.
using span_ptr = std::unique_ptr<span>;

}  // namespace streamdemo::tracing
