// Decimal numbers, for the keyword multipleOf: as doubles, 19.99 is no multiple of 0.01; as decimals it is. Pure.
#pragma once
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace streamdemo::base::schema_detail {

// mantissa × 10^exponent. The sign is dropped, since it does not change whether a number is a multiple.
struct decimal {
  std::uint64_t mantissa = 0;
  int exponent = 0;
  std::string shown;  // the number for messages, with its sign
};

// The shortest decimal number that reads back as this one. nullopt: it is outside the range of a double.
std::optional<decimal> decimal_of(const boost::json::value& number);

// `step` must not be zero.
bool is_multiple(const decimal& number, const decimal& step) noexcept;

}  // namespace streamdemo::base::schema_detail
