// Where in a trace something belongs, and its text in headers: traceparent of W3C Trace Context. Pure.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::tracing {

using trace_id = std::array<std::uint8_t, 16>;
using span_id = std::array<std::uint8_t, 8>;

struct trace_context {
  trace_id trace{};
  span_id span{};
  std::uint8_t flags = 0;

  static constexpr std::uint8_t sampled_flag = 1;
  static constexpr std::uint8_t random_flag = 2;  // the right half of the trace's id is random

  bool sampled() const noexcept { return (flags & sampled_flag) != 0; }
  bool operator==(const trace_context&) const = default;
};

// "00-<32 hex>-<16 hex>-<2 hex>".
std::string format(const trace_context& c);

// nullopt: the text is no traceparent (its form, capital letters, an id of zeros, version ff). Later versions are read
// as far as they are known, and flags that are not known here are dropped.
std::optional<trace_context> parse_traceparent(std::string_view text) noexcept;

// Whether a text that was valid when it was read first says that its trace is not recorded. Quicker than reading it
// all.
inline bool is_unsampled(std::string_view traceparent) noexcept {
  constexpr std::size_t length = 55;
  // Digits and the letters a to f are odd where their value is, but for letters it is the other way round.
  const char last = traceparent.size() == length ? traceparent.back() : '1';
  return last >= 'a' ? (last & 1) != 0 : (last & 1) == 0;
}

}  // namespace streamdemo::tracing
