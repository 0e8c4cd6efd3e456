// Numbers as they are written. In binary 19.99 is no multiple of 0.01; in decimal it is. Pure.
#pragma once
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace streamdemo::base::schema_detail {

// mantissa × 10^exponent; the sign never matters here.
struct decimal {
  std::uint64_t mantissa = 0;
  int exponent = 0;
  std::string shown;  // the number for people, its sign included
};

// The shortest decimal number that means this one. Nothing: it is beyond every double.
std::optional<decimal> decimal_of(const boost::json::value& number);

// `step` is not zero.
bool is_multiple(const decimal& number, const decimal& step) noexcept;

}  // namespace streamdemo::base::schema_detail
