#include "base/json_schema/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include <streamdemo/base/json.hpp>

namespace streamdemo::base::schema_detail {

namespace {

namespace json = boost::json;

// Whole numbers are written without a fraction or an exponent as long as they fit into 64 bits.
std::string number_text(double n) {
  if (n == std::trunc(n)) {
    if (n >= -0x1p63 && n < 0x1p63) return std::to_string(static_cast<std::int64_t>(n));
    if (n >= 0 && n < 0x1p64) return std::to_string(static_cast<std::uint64_t>(n));
  }
  char text[64];
  return {text, std::to_chars(text, text + sizeof text, n).ptr};
}

void append_canonical(std::string& out, const json::value& v) {
  switch (v.kind()) {
    case json::kind::null:
      out += "null";
      return;
    case json::kind::bool_:
      out += v.get_bool() ? "true" : "false";
      return;
    case json::kind::int64:
      out += std::to_string(v.get_int64());
      return;
    case json::kind::uint64:
      out += std::to_string(v.get_uint64());
      return;
    case json::kind::double_:
      out += number_text(v.get_double());
      return;
    case json::kind::string:
      append_json_string(out, v.get_string());
      return;
    case json::kind::array: {
      out += '[';
      for (const auto& item : v.get_array()) {
        if (out.back() != '[') out += ',';
        append_canonical(out, item);
      }
      out += ']';
      return;
    }
    case json::kind::object: {
      std::vector<const json::key_value_pair*> members;
      for (const auto& member : v.get_object()) members.push_back(&member);
      std::ranges::sort(members, {}, [](const auto* member) { return std::string_view(member->key()); });
      out += '{';
      for (const auto* member : members) {
        if (out.back() != '{') out += ',';
        append_json_string(out, member->key());
        out += ':';
        append_canonical(out, member->value());
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

std::string canonical_text(const json::value& v) {
  std::string out;
  append_canonical(out, v);
  return out;
}

std::string shown_value(const json::value& v) {
  if (v.is_array()) return "an array";
  if (v.is_object()) return "an object";
  if (v.is_string() && v.get_string().size() > 60) {
    return fmt::format("a string of {} characters", code_points(v.get_string()));
  }
  return canonical_text(v);
}

std::size_t code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string pointer_step(std::string_view name) {
  std::string out = "/";
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace streamdemo::base::schema_detail
