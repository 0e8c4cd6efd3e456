#include <cstring>
#include <streamdemo/tracing/trace_context.hpp>

namespace streamdemo::tracing {

namespace {

constexpr std::size_t length = 55;
constexpr std::size_t trace_at = 3;
constexpr std::size_t span_at = 36;
constexpr std::size_t flags_at = 53;

constexpr auto make_pairs() noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t b = 0; b < pairs.size(); ++b) pairs[b] = {digits[b >> 4U], digits[b & 15U]};
  return pairs;
}
constexpr auto pairs = make_pairs();

template <std::size_t N>
void put_hex(char* to, const std::array<std::uint8_t, N>& bytes) noexcept {
  for (std::size_t i = 0; i < N; ++i) std::memcpy(to + 2 * i, pairs[bytes[i]].data(), 2);
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

template <std::size_t N>
bool read_hex(const char* text, std::array<std::uint8_t, N>& to) noexcept {
  unsigned bad = 0;
  for (std::size_t i = 0; i < N; ++i) {
    const unsigned high = values[static_cast<unsigned char>(text[2 * i])];
    const unsigned low = values[static_cast<unsigned char>(text[2 * i + 1])];
    bad |= high | low;
    to[i] = static_cast<std::uint8_t>(high << 4U | low);
  }
  return bad < 16;
}

template <std::size_t N>
bool is_zero(const std::array<std::uint8_t, N>& bytes) noexcept {
  return bytes == std::array<std::uint8_t, N>{};
}

}  // namespace

std::string format(const trace_context& c) {
  std::string out(length, '-');
  out[0] = out[1] = '0';
  put_hex(&out[trace_at], c.trace);
  put_hex(&out[span_at], c.span);
  put_hex(&out[flags_at], std::array{c.flags});
  return out;
}

std::optional<trace_context> parse_traceparent(std::string_view text) noexcept {
  if (text.size() < length || text[2] != '-' || text[span_at - 1] != '-' || text[flags_at - 1] != '-') {
    return std::nullopt;
  }
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  trace_context c;
  const auto* const t = text.data();
  const bool is_hex = read_hex(t, version) && read_hex(t + trace_at, c.trace) && read_hex(t + span_at, c.span) &&
                      read_hex(t + flags_at, flags);
  if (!is_hex || version[0] == 0xff || is_zero(c.trace) || is_zero(c.span)) return std::nullopt;
  // Only a later version may have more behind the flags.
  if (text.size() > length && (version[0] == 0 || text[length] != '-')) return std::nullopt;
  c.flags = flags[0] & (trace_context::sampled_flag | trace_context::random_flag);
  return c;
}

}  // namespace streamdemo::tracing
