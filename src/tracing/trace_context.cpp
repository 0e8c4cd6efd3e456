#include <boost/endian/conversion.hpp>
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

constexpr std::uint64_t of_all(std::uint8_t byte) noexcept {
  return 0x0101010101010101U * byte;
}

// Eight digits at once, lower case only, as the standard demands. Sums of two bytes below 0x80 do not reach into the
// next byte, and have the highest bit where the digit is at least what was subtracted from 0x80.
bool read_digits(const char* text, std::uint8_t* to) noexcept {
  std::uint64_t c = 0;
  std::memcpy(&c, text, sizeof c);
  boost::endian::little_to_native_inplace(c);
  constexpr auto high = of_all(0x80);
  const auto is_digit = (c + of_all(0x80 - '0')) & ~(c + of_all(0x80 - ('9' + 1)));
  const auto is_letter = (c + of_all(0x80 - 'a')) & ~(c + of_all(0x80 - ('f' + 1))) & high;
  if ((c & high) != 0 || ((is_digit | is_letter) & high) != high) return false;
  auto values = (c & of_all(0x0f)) + (is_letter >> 7U) * 9;
  // The bytes lie in the order of the text: the upper half of each comes first.
  values = (values << 4U | values >> 8U) & 0x00ff00ff00ff00ffU;
  values = (values | values >> 8U) & 0x0000ffff0000ffffU;
  auto bytes = static_cast<std::uint32_t>(values | values >> 16U);
  boost::endian::native_to_little_inplace(bytes);
  std::memcpy(to, &bytes, sizeof bytes);
  return true;
}

template <std::size_t N>
bool read_hex(const char* text, std::array<std::uint8_t, N>& to) noexcept {
  static_assert(N % 4 == 0);
  for (std::size_t i = 0; i < N; i += 4) {
    if (!read_digits(text + 2 * i, &to[i])) return false;
  }
  return true;
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
  const auto* const t = text.data();
  const std::array<char, 8> ends{t[0], t[1], t[flags_at], t[flags_at + 1], '0', '0', '0', '0'};
  std::array<std::uint8_t, 4> version_and_flags{};
  trace_context c;
  const bool is_hex =
      read_hex(ends.data(), version_and_flags) && read_hex(t + trace_at, c.trace) && read_hex(t + span_at, c.span);
  const auto version = version_and_flags[0];
  const auto flags = version_and_flags[1];
  if (!is_hex || version == 0xff || is_zero(c.trace) || is_zero(c.span)) return std::nullopt;
  // Only a later version may have more behind the flags.
  if (text.size() > length && (version == 0 || text[length] != '-')) return std::nullopt;
  c.flags = flags & (trace_context::sampled_flag | trace_context::random_flag);
  return c;
}

}  // namespace streamdemo::tracing
