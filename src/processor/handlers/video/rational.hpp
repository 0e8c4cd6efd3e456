// A frame rate as a fraction, so that 30000/1001 stays exact. Pure.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace streamdemo::processor {

struct rational {
  std::int64_t num = 0;
  std::int64_t den = 1;

  double value() const noexcept { return den == 0 ? 0 : static_cast<double>(num) / static_cast<double>(den); }
  std::string text() const { return fmt::format("{}/{}", num, den); }
  bool operator==(const rational&) const = default;
};

}  // namespace streamdemo::processor
