#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <streamdemo/base/json_tree.hpp>

namespace streamdemo::base {

namespace {

namespace json = boost::json;

// Builds the tree and counts the members in the text. A tree keeps only one of two members with the same name, so a
// difference of the counts reveals a duplicate.
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

}  // namespace

result<json::value> parse_json_tree(std::string_view text, std::size_t max_depth, json::storage_ptr memory) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::basic_parser<tree_builder> parser(options, std::move(memory));
  json::error_code ec;
  const auto n = parser.write_some(false, text.data(), text.size(), ec);
  if (ec || n != text.size()) {
    return error{errc::invalid_argument, fmt::format("is no JSON (RFC 8259, UTF-8, at most {} deep): {}", max_depth,
                                                     ec ? ec.message() : "something follows the value")};
  }
  auto tree = parser.handler().release();
  if (parser.handler().members() != members_of(tree)) {
    return error{errc::invalid_argument, "has two members of the same name in one object"};
  }
  return tree;
}

}  // namespace streamdemo::base
