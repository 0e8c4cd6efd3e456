#include "base/json_schema/decimal.hpp"

#include <charconv>
#include <cmath>

#include "base/json_schema/json_text.hpp"

namespace streamdemo::base::schema_detail {

namespace {

std::uint64_t magnitude(std::int64_t n) noexcept {
  return n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
}

// (a + b) mod m without overflow; a and b must be below m.
std::uint64_t sum(std::uint64_t a, std::uint64_t b, std::uint64_t m) noexcept {
  return a >= m - b ? a - (m - b) : a + b;
}

std::uint64_t ten_times(std::uint64_t n, std::uint64_t m) noexcept {
  const auto twice = sum(n, n, m);
  const auto four_times = sum(twice, twice, m);
  return sum(sum(four_times, four_times, m), twice, m);
}

// Parses d.ddde±xx, the form in which to_chars writes the shortest decimal that reads back as the same double.
decimal of_scientific(double n) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, std::fabs(n), std::chars_format::scientific).ptr;
  decimal d;
  bool fraction = false;
  const char* at = text;
  for (; at != end && *at != 'e'; ++at) {
    if (*at == '.') {
      fraction = true;
      continue;
    }
    d.mantissa = d.mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
    if (fraction) --d.exponent;
  }
  int exponent = 0;
  if (at != end) ++at;
  if (at != end && *at == '+') ++at;
  std::from_chars(at, end, exponent);
  d.exponent += exponent;
  return d;
}

}  // namespace

std::optional<decimal> decimal_of(const boost::json::value& number) {
  decimal d;
  if (number.is_int64()) {
    d.mantissa = magnitude(number.get_int64());
  } else if (number.is_uint64()) {
    d.mantissa = number.get_uint64();
  } else if (std::isfinite(number.get_double())) {
    d = of_scientific(number.get_double());
  } else {
    return std::nullopt;
  }
  d.shown = canonical_text(number);
  return d;
}

bool is_multiple(const decimal& number, const decimal& step) noexcept {
  if (number.mantissa == 0) return true;
  int tens = number.exponent - step.exponent;
  auto n = number.mantissa;
  for (; tens < 0 && n % 10 == 0; ++tens) n /= 10;
  if (tens < 0) return false;  // the number has more decimal places than the step
  for (n %= step.mantissa; tens > 0 && n != 0; --tens) n = ten_times(n, step.mantissa);
  return n % step.mantissa == 0;
}

}  // namespace streamdemo::base::schema_detail
