#include "gateway/api/json_members.hpp"

#include <streamdemo/base/json.hpp>

#include <algorithm>

namespace streamdemo::gateway {

namespace {

constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t after_blanks(std::string_view s, std::size_t at) noexcept {
  while (at < s.size() && is_blank(s[at])) ++at;
  return at;
}

std::size_t after_string(std::string_view s, std::size_t at) noexcept {
  for (++at; at < s.size() && s[at] != '"'; ++at) {
    if (s[at] == '\\') ++at;
  }
  return at + 1;
}

std::size_t after_value(std::string_view s, std::size_t at) noexcept {
  if (s[at] == '"') return after_string(s, at);
  int depth = 0;
  while (at < s.size()) {
    const char c = s[at];
    if (c == '"') {
      at = after_string(s, at);
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}' || is_blank(c))) return at;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (--depth == 0) return at + 1;
    }
    ++at;
  }
  return at;
}

struct member {
  std::string_view name;
  std::size_t begin;  // of the name's quote
  std::size_t value;
  std::size_t end;  // one past the value
};

// The first member that `wanted` says yes to, by its name.
template <class Predicate>
std::optional<member> find_if(std::string_view s, Predicate wanted) noexcept {
  auto at = after_blanks(s, after_blanks(s, 0) + 1);
  while (at < s.size() && s[at] == '"') {
    const auto key_end = after_string(s, at);
    const auto value = after_blanks(s, after_blanks(s, key_end) + 1);
    if (value >= s.size()) return std::nullopt;
    const auto end = after_value(s, value);
    const auto name = s.substr(at + 1, key_end - at - 2);
    if (wanted(name)) return member{name, at, value, end};
    at = after_blanks(s, after_blanks(s, end) + 1);
  }
  return std::nullopt;
}

std::optional<member> find(std::string_view s, std::string_view name) noexcept {
  return find_if(s, [name](std::string_view one) { return one == name; });
}

}  // namespace

bool is_json_object(std::string_view text) {
  const auto at = after_blanks(text, 0);
  return at < text.size() && text[at] == '{' && base::is_json(text);
}

std::optional<std::string_view> member_value(std::string_view object, std::string_view name) noexcept {
  const auto m = find(object, name);
  if (!m) return std::nullopt;
  return object.substr(m->value, m->end - m->value);
}

std::optional<std::string_view> unknown_member(std::string_view object, std::span<const std::string_view> known) {
  const auto m = find_if(
      object, [known](std::string_view one) { return std::find(known.begin(), known.end(), one) == known.end(); });
  if (!m) return std::nullopt;
  return m->name;
}

std::string without_member(std::string_view object, std::string_view name) {
  const auto m = find(object, name);
  if (!m) return std::string(object);
  auto begin = m->begin;
  auto end = m->end;
  // One comma goes with it: the one behind, or for the last member the one before.
  if (const auto comma = after_blanks(object, end); object[comma] == ',') {
    end = after_blanks(object, comma + 1);
  } else {
    auto before = begin;
    while (is_blank(object[before - 1])) --before;
    if (object[before - 1] == ',') begin = before - 1;
  }
  std::string out(object.substr(0, begin));
  out += object.substr(end);
  return out;
}

}  // namespace streamdemo::gateway
