// Small functions that take header values apart. Pure.
#pragma once
#include <streamdemo/base/text.hpp>

namespace streamdemo::http {

using base::same_word;
using base::trim;

// Removes the part before the next `separator` (outside quotes) from the front of `rest`, and returns it trimmed.
constexpr std::string_view next_part(std::string_view& rest, char separator) noexcept {
  bool quoted = false;
  std::size_t i = 0;
  for (; i < rest.size(); ++i) {
    if (rest[i] == '\\' && quoted) {
      ++i;
    } else if (rest[i] == '"') {
      quoted = !quoted;
    } else if (rest[i] == separator && !quoted) {
      break;
    }
  }
  if (i > rest.size()) i = rest.size();
  const auto part = trim(rest.substr(0, i));
  rest.remove_prefix(i < rest.size() ? i + 1 : i);
  return part;
}

// "text/html; charset=utf-8" → "text/html".
constexpr std::string_view media_of(std::string_view content_type) noexcept {
  return trim(content_type.substr(0, content_type.find(';')));
}

constexpr std::string_view unquoted(std::string_view s) noexcept {
  if (s.size() >= 2 && s.front() == '"' && s.back() == '"') return s.substr(1, s.size() - 2);
  return s;
}

}  // namespace streamdemo::http
