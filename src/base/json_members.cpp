#include <streamdemo/base/json_members.hpp>

#include <streamdemo/base/json.hpp>

namespace streamdemo::base {

namespace {

constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t after_blanks(std::string_view s, std::size_t at) noexcept {
  while (at < s.size() && is_blank(s[at])) ++at;
  return at;
}

// Jumps from quote to quote, because long payloads consist mostly of one long string.
std::size_t after_string(std::string_view s, std::size_t at) noexcept {
  for (auto quote = s.find('"', at + 1); quote != std::string_view::npos; quote = s.find('"', quote + 1)) {
    auto escapes = quote;
    while (s[escapes - 1] == '\\') --escapes;
    if ((quote - escapes) % 2 == 0) return quote + 1;
  }
  return s.size();
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
  std::size_t begin;  // the opening quote of the name
  std::size_t value;
  std::size_t end;  // one past the value
};

// Calls `take` for each member until it returns false.
template <class Take>
void walk(std::string_view s, Take take) {
  auto at = after_blanks(s, after_blanks(s, 0) + 1);
  while (at < s.size() && s[at] == '"') {
    const auto key_end = after_string(s, at);
    const auto value = after_blanks(s, after_blanks(s, key_end) + 1);
    if (value >= s.size()) return;
    const auto end = after_value(s, value);
    if (!take(member{s.substr(at + 1, key_end - at - 2), at, value, end})) return;
    at = after_blanks(s, after_blanks(s, end) + 1);
  }
}

std::optional<member> find(std::string_view s, std::string_view name) {
  std::optional<member> found;
  walk(s, [&](const member& m) {
    if (m.name == name) found = m;
    return !found;
  });
  return found;
}

}  // namespace

bool begins_an_object(std::string_view json) noexcept {
  const auto at = after_blanks(json, 0);
  return at < json.size() && json[at] == '{';
}

bool is_json_object(std::string_view text) {
  return begins_an_object(text) && is_json(text);
}

std::optional<std::string_view> member_value(std::string_view object, std::string_view name) {
  const auto m = find(object, name);
  if (!m) return std::nullopt;
  return object.substr(m->value, m->end - m->value);
}

void each_member(std::string_view object,
                 const std::function<bool(std::string_view name, std::string_view value)>& take) {
  walk(object, [&](const member& m) { return take(m.name, object.substr(m.value, m.end - m.value)); });
}

std::string without_member(std::string_view object, std::string_view name) {
  const auto m = find(object, name);
  if (!m) return std::string(object);
  auto begin = m->begin;
  auto end = m->end;
  // Remove one comma as well: the one after the member, or for the last member the one before.
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

}  // namespace streamdemo::base
