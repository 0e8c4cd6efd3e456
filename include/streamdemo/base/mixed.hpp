// A hash of bytes for tables in memory. Ids of 36 characters are looked up more than a hundred times for a task, and
// std::hash takes three times as long for them. Not for what is stored or sent, nor against whoever chooses the texts
// to fall together: std::hash is not, either. Pure.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace streamdemo::base {

// Each bit of the result depends on every bit of both numbers.
inline std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using wide = unsigned __int128;
  // Without these a zero, as in an empty text, would make everything else zero.
  const wide product = wide{a ^ 0x9e3779b97f4a7c15u} * (b ^ 0xd1b54a32d192ed03u);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t mixed(std::string_view s) noexcept {
  const auto word = [](const char* at, std::size_t bytes) {
    std::uint64_t w = 0;
    std::memcpy(&w, at, bytes);
    return w;
  };
  constexpr std::size_t whole = sizeof(std::uint64_t);
  if (s.empty()) return mixed(0, 0);
  if (s.size() < whole) return mixed(word(s.data(), s.size()), s.size());
  std::uint64_t h = s.size();
  // The last word overlaps the one before it, unless the text ends with one.
  const char* const last = s.data() + s.size() - whole;
  for (const char* at = s.data(); at < last; at += whole) h = mixed(word(at, whole), h);
  return mixed(word(last, whole), h);
}

}  // namespace streamdemo::base
