// A subset of JSON Schema, draft 2020-12: docs/commands.md lists its keywords. A schema is read once, where the program
// starts, and refuses there what it does not know; it then judges JSON texts, as often as one likes. Values,
// thread-safe.
#pragma once
#include <streamdemo/base/error.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::base {

namespace schema_detail {
struct compiled_schema;
}

// Where a JSON text is not as its schema asks, and how: the first such place that is found.
struct schema_violation {
  std::string pointer;   // RFC 6901, into the text; empty: the whole of it
  std::string sentence;  // to stand after the name of the place: "must be at least 1, not 0"
};

// "/clip_seconds must be at least 1, not 0", or "the input lacks the member "source"".
std::string to_sentence(const schema_violation& v);

class json_schema {
 public:
  // Error: invalid_argument, which names what is wrong in the schema by its JSON pointer.
  static result<json_schema> parse(std::string_view text);

  // `json`: RFC 8259, at most 64 deep. What is no such text, or has two members of one name in an object, is a
  // violation, too. Nothing: the text is as the schema asks. The work is bounded by the text's size, whatever the
  // schema asks for.
  std::optional<schema_violation> check(std::string_view json) const;

  // The schema as it was given.
  const std::string& text() const noexcept;

  // How a plain text, such as a parameter in a URL, becomes the member `name` of an object that is checked: a number or
  // true or false where `properties` asks for one and the text is one, otherwise a JSON string.
  std::string member_of_text(std::string_view name, std::string_view plain) const;

 private:
  explicit json_schema(std::shared_ptr<const schema_detail::compiled_schema> compiled);

  std::shared_ptr<const schema_detail::compiled_schema> compiled_;
};

}  // namespace streamdemo::base
