#include "gateway/access/strict_json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <set>
#include <string>
#include <vector>

namespace streamdemo::gateway {

namespace {

constexpr std::size_t max_depth = 16;

// Stops the parser at a name that its object has already. Names come with their escapes resolved.
struct member_names {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);
  using ec = boost::json::error_code;
  using text = boost::json::string_view;
  bool on_document_begin(ec&) { return true; }
  bool on_document_end(ec&) { return true; }
  bool on_object_begin(ec&) {
    open_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, ec&) {
    open_.pop_back();
    return true;
  }
  bool on_array_begin(ec&) { return true; }
  bool on_array_end(std::size_t, ec&) { return true; }
  bool on_key_part(text part, std::size_t, ec&) {
    name_.append(part.data(), part.size());
    return true;
  }
  bool on_key(text rest, std::size_t, ec& e) {
    name_.append(rest.data(), rest.size());
    const bool is_new = open_.back().insert(std::exchange(name_, {})).second;
    if (!is_new) e = boost::json::error::syntax;
    return is_new;
  }
  bool on_string_part(text, std::size_t, ec&) { return true; }
  bool on_string(text, std::size_t, ec&) { return true; }
  bool on_number_part(text, ec&) { return true; }
  bool on_int64(std::int64_t, text, ec&) { return true; }
  bool on_uint64(std::uint64_t, text, ec&) { return true; }
  bool on_double(double, text, ec&) { return true; }
  bool on_bool(bool, ec&) { return true; }
  bool on_null(ec&) { return true; }
  bool on_comment_part(text, ec&) { return true; }
  bool on_comment(text, ec&) { return true; }

 private:
  std::vector<std::set<std::string>> open_;  // the names of each object that has not ended
  std::string name_;
};

}  // namespace

std::optional<boost::json::object> parse_strict_object(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = max_depth;
  boost::json::error_code ec;
  boost::json::basic_parser<member_names> names(options);
  if (names.write_some(false, text.data(), text.size(), ec) != text.size() || ec) return std::nullopt;
  auto value = boost::json::parse(text, ec, {}, options);
  if (ec || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

}  // namespace streamdemo::gateway
