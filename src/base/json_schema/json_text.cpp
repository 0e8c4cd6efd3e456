#include "base/json_schema/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>
#include <set>
#include <vector>

#include <streamdemo/base/json.hpp>

namespace streamdemo::base::schema_detail {

namespace {

namespace json = boost::json;

// Builds the tree, and counts the members as they are written: of two with one name the tree keeps one.
class tree_builder {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();
  using ec = json::error_code;

  explicit tree_builder(json::storage_ptr memory) { stack_.reset(std::move(memory)); }

  bool on_document_begin(ec&) { return true; }
  bool on_document_end(ec&) { return true; }
  bool on_object_begin(ec&) { return true; }
  bool on_object_end(std::size_t n, ec&) { return stack_.push_object(n), members_ += n, true; }
  bool on_array_begin(ec&) { return true; }
  bool on_array_end(std::size_t n, ec&) { return stack_.push_array(n), true; }
  bool on_key_part(json::string_view s, std::size_t, ec&) { return stack_.push_chars(s), true; }
  bool on_key(json::string_view s, std::size_t, ec&) { return stack_.push_key(s), true; }
  bool on_string_part(json::string_view s, std::size_t, ec&) { return stack_.push_chars(s), true; }
  bool on_string(json::string_view s, std::size_t, ec&) { return stack_.push_string(s), true; }
  bool on_number_part(json::string_view, ec&) { return true; }
  bool on_int64(std::int64_t n, json::string_view, ec&) { return stack_.push_int64(n), true; }
  bool on_uint64(std::uint64_t n, json::string_view, ec&) { return stack_.push_uint64(n), true; }
  bool on_double(double n, json::string_view, ec&) { return stack_.push_double(n), true; }
  bool on_bool(bool b, ec&) { return stack_.push_bool(b), true; }
  bool on_null(ec&) { return stack_.push_null(), true; }
  bool on_comment_part(json::string_view, ec&) { return true; }
  bool on_comment(json::string_view, ec&) { return true; }

  json::value release() { return stack_.release(); }
  std::size_t members() const noexcept { return members_; }

 private:
  json::value_stack stack_;
  std::size_t members_ = 0;
};

std::size_t members_of(const json::value& v) {
  std::size_t n = 0;
  if (const auto* array = v.if_array()) {
    for (const auto& item : *array) n += members_of(item);
  } else if (const auto* object = v.if_object()) {
    n = object->size();
    for (const auto& member : *object) n += members_of(member.value());
  }
  return n;
}

// Integers without a fraction or an exponent as long as a reader of integers could take them.
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

result<json::value> read_json(std::string_view text, json::storage_ptr memory) {
  json::parse_options options;
  options.max_depth = 64;
  json::basic_parser<tree_builder> parser(options, std::move(memory));
  json::error_code ec;
  const auto n = parser.write_some(false, text.data(), text.size(), ec);
  if (ec || n != text.size()) {
    return error{errc::invalid_argument, fmt::format("is no JSON (RFC 8259, UTF-8, at most 64 deep): {}",
                                                     ec ? ec.message() : "something follows the value")};
  }
  auto tree = parser.handler().release();
  if (parser.handler().members() != members_of(tree)) {
    return error{errc::invalid_argument, "has two members of the same name in one object"};
  }
  return tree;
}

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
