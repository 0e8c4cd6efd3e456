// A small seeded random number generator (splitmix64): the same seed gives the same simulation everywhere.
#pragma once
#include <cstdint>

namespace property {

class random {
 public:
  explicit random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}

  std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15ULL;
    auto z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // From low to high, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool one_in(std::int64_t n) noexcept { return between(1, n) == 1; }
  bool percent(std::int64_t p) noexcept { return between(1, 100) <= p; }

 private:
  std::uint64_t state_;
};

}  // namespace property
