// A subset of JSON Schema, draft 2020-12; docs/commands.md lists its keywords. A schema is parsed once, at start, which
// fails on an unknown keyword; it then checks any number of JSON texts. Immutable, cheap to copy, thread-safe.
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

// The first place that was found where a JSON text violates its schema, and how.
struct schema_violation {
  std::string pointer;   // JSON pointer (RFC 6901) into the text; empty: the whole text
  std::string sentence;  // what to write after the name of the place: "must be at least 1, not 0"
};

// "/clip_seconds must be at least 1, not 0", or "the input lacks the member "source"".
std::string to_sentence(const schema_violation& v);

class json_schema {
 public:
  // Error: invalid_argument, with the JSON pointer of what is wrong in the schema.
  static result<json_schema> parse(std::string_view text);

  // nullopt: the text satisfies the schema. A text that is not JSON (RFC 8259, at most 64 deep), or that repeats a
  // member's name in one object, is a violation, too. The work is bounded by the size of the text, whatever the schema.
  std::optional<schema_violation> check(std::string_view json) const;

  // The schema as it was given.
  const std::string& text() const noexcept;

  // The JSON value for the member `name` that is given as plain text, such as a URL parameter. It is a number, true or
  // false where `properties` asks for that type and the text is one; otherwise a JSON string.
  std::string member_of_text(std::string_view name, std::string_view plain) const;

 private:
  explicit json_schema(std::shared_ptr<const schema_detail::compiled_schema> compiled);

  std::shared_ptr<const schema_detail::compiled_schema> compiled_;
};

}  // namespace streamdemo::base
