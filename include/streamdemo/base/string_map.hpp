// A hash map with string keys that is searched by string_view, without making a string first.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace streamdemo::base {

struct string_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};

template <class T>
using string_map = std::unordered_map<std::string, T, string_hash, std::equal_to<>>;

}  // namespace streamdemo::base
