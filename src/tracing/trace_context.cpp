#include <algorithm>
#include <span>
#include <streamdemo/tracing/trace_context.hpp>

namespace streamdemo::tracing {

namespace {

constexpr std::size_t length = 55;
constexpr std::size_t trace_at = 3;
constexpr std::size_t span_at = 36;
constexpr std::size_t flags_at = 53;

void put_hex(char* to, std::span<const std::uint8_t> bytes) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const auto b : bytes) {
    *to++ = digits[b >> 4U];
    *to++ = digits[b & 15U];
  }
}

// Lower case only, as the standard demands. -1: it is no digit.
int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool read_hex(std::string_view text, std::span<std::uint8_t> to) noexcept {
  for (std::size_t i = 0; i < to.size(); ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    to[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

bool is_zero(std::span<const std::uint8_t> bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](auto b) { return b == 0; });
}

}  // namespace

std::string format(const trace_context& c) {
  std::string out(length, '-');
  out[0] = out[1] = '0';
  put_hex(&out[trace_at], c.trace);
  put_hex(&out[span_at], c.span);
  put_hex(&out[flags_at], std::span(&c.flags, 1));
  return out;
}

std::optional<trace_context> parse_traceparent(std::string_view text) noexcept {
  if (text.size() < length || text[2] != '-' || text[span_at - 1] != '-' || text[flags_at - 1] != '-') {
    return std::nullopt;
  }
  std::uint8_t version = 0;
  trace_context c;
  const bool is_hex = read_hex(text, std::span(&version, 1)) && read_hex(text.substr(trace_at), c.trace) &&
                      read_hex(text.substr(span_at), c.span) && read_hex(text.substr(flags_at), std::span(&c.flags, 1));
  if (!is_hex || version == 0xff || is_zero(c.trace) || is_zero(c.span)) return std::nullopt;
  // Only a later version may have more behind the flags.
  if (text.size() > length && (version == 0 || text[length] != '-')) return std::nullopt;
  c.flags &= trace_context::sampled_flag | trace_context::random_flag;
  return c;
}

}  // namespace streamdemo::tracing
