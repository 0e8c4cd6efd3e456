// Converts what a source gives to the type of the setting.
#include <fmt/format.h>

#include <charconv>

#include "config/assignment.hpp"

namespace streamdemo::config {

namespace {

constexpr std::string_view space = " \t\r\n";

std::string_view trimmed(std::string_view s) {
  const auto from = s.find_first_not_of(space);
  if (from == s.npos) return {};
  return s.substr(from, s.find_last_not_of(space) - from + 1);
}

std::string expected(const value& like) {
  switch (like.index()) {
    case 0:
      return "must be true or false";
    case 1:
      return "must be a whole number";
    case 2:
      return "must be a text in quotes";
    case 3:
      return "must be a list of texts, such as [\"a\", \"b\"]";
    default:
      return "must be a table of names and values";
  }
}

std::string type_of(const value& v) {
  switch (v.index()) {
    case 0:
      return "true or false";
    case 1:
      return "a number";
    case 2:
      return "a text";
    case 3:
      return "a list";
    default:
      return "a table";
  }
}

// Reads quoted items, with backslash escapes for quote and backslash. False: the text has another form.
bool parse_quoted_list(std::string_view text, strings& items) {
  text = trimmed(text.substr(1, text.size() - 2));
  while (!text.empty()) {
    const char quote = text.front();
    if (quote != '"' && quote != '\'') return false;
    std::string item;
    std::size_t i = 1;
    for (; i < text.size() && text[i] != quote; ++i) {
      if (quote == '"' && text[i] == '\\' && i + 1 < text.size()) ++i;
      item += text[i];
    }
    if (i == text.size()) return false;
    items.push_back(std::move(item));
    text = trimmed(text.substr(i + 1));
    if (text.empty()) break;
    if (text.front() != ',') return false;
    text = trimmed(text.substr(1));
  }
  return true;
}

// Reads ["a", "b"], as in the file, or a,b.
std::variant<value, std::string> parse_list(std::string_view text) {
  strings items;
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    if (!parse_quoted_list(text, items))
      return fmt::format("must be a list such as [\"a\", \"b\"] or a,b; is {}", text);
    return value{std::move(items)};
  }
  while (!text.empty()) {
    const auto comma = text.find(',');
    items.emplace_back(trimmed(text.substr(0, comma)));
    text = comma == text.npos ? std::string_view{} : text.substr(comma + 1);
  }
  return value{std::move(items)};
}

std::variant<value, std::string> parse(std::string_view text, const value& like) {
  switch (like.index()) {
    case 0:
      if (text == "true") return value{true};
      if (text == "false") return value{false};
      break;
    case 1: {
      std::int64_t n = 0;
      const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
      if (ec == std::errc{} && end == text.data() + text.size() && !text.empty()) return value{n};
      break;
    }
    case 2:
      return value{std::string(text)};
    case 3:
      return parse_list(text);
    default:
      break;
  }
  return fmt::format("{}, is \"{}\"", expected(like), text);
}

}  // namespace

std::variant<value, std::string> convert(const config::given& g, const value& like) {
  if (const auto* text = std::get_if<untyped>(&g)) return parse(text->text, like);
  if (const auto* other = std::get_if<foreign>(&g)) return fmt::format("{}, is {}", expected(like), other->type);
  const auto& v = std::get<value>(g);
  if (v.index() == like.index()) return v;
  return fmt::format("{}, is {}", expected(like), type_of(v));
}

}  // namespace streamdemo::config
