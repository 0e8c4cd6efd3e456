// A hash map and a set with string keys that are searched by string_view, without making a string first.
#pragma once
#include <functional>
#include <streamdemo/base/mixed.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace streamdemo::base {

struct string_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const noexcept { return mixed(s); }
};

template <class T>
using string_map = std::unordered_map<std::string, T, string_hash, std::equal_to<>>;
using string_set = std::unordered_set<std::string, string_hash, std::equal_to<>>;

// Erases what was found, if it was.
template <class Container>
void erase_found(Container& c, std::string_view key) {
  if (const auto it = c.find(key); it != c.end()) c.erase(it);
}

}  // namespace streamdemo::base
