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

constexpr std::uint8_t no_digit = 0xff;

// Lower case only, as the standard demands.
constexpr std::array<std::uint8_t, 256> make_values() noexcept {
  std::array<std::uint8_t, 256> v{};
  v.fill(no_digit);
  for (std::uint8_t i = 0; i < 10; ++i) v[static_cast<std::size_t>('0' + i)] = i;
  for (std::uint8_t i = 0; i < 6; ++i) v[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(10 + i);
  return v;
}
constexpr auto values = make_values();

bool read_hex(std::string_view text, std::span<std::uint8_t> to) noexcept {
  unsigned bad = 0;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const unsigned high = values[static_cast<unsigned char>(text[2 * i])];
    const unsigned low = values[static_cast<unsigned char>(text[2 * i + 1])];
    bad |= high | low;
    to[i] = static_cast<std::uint8_t>(high << 4U | low);
  }
  return bad < 16;
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
