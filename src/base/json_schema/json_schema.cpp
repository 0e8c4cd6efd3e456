#include <streamdemo/base/json_schema.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <array>

#include <streamdemo/base/json.hpp>
#include <streamdemo/base/json_tree.hpp>
#include "base/json_schema/json_text.hpp"
#include "base/json_schema/schema_check.hpp"
#include "base/json_schema/schema_reader.hpp"

namespace streamdemo::base {

std::string to_sentence(const schema_violation& v) {
  return (v.pointer.empty() ? "the input" : v.pointer) + " " + v.sentence;
}

json_schema::json_schema(std::shared_ptr<const schema_detail::compiled_schema> compiled)
    : compiled_(std::move(compiled)) {}

result<json_schema> json_schema::parse(std::string_view text) {
  auto compiled = schema_detail::read_schema(text);
  if (!compiled) return compiled.error();
  return json_schema(std::move(*compiled));
}

std::optional<schema_violation> json_schema::check(std::string_view json) const {
  // The tree lives only during this call, and most payloads are small enough to be parsed on the stack.
  std::array<unsigned char, 4096> room;
  boost::json::monotonic_resource memory(room.data(), room.size());
  const auto value = parse_json_tree(json, schema_detail::max_depth, &memory);
  if (!value) return schema_violation{{}, value.error().message};
  return schema_detail::check(compiled_->nodes.front(), *value, json.size());
}

const std::string& json_schema::text() const noexcept {
  return compiled_->text;
}

std::string json_schema::member_of_text(std::string_view name, std::string_view plain) const {
  using namespace schema_detail;
  const auto& properties = compiled_->nodes.front().properties;
  const auto found = properties.find(name);
  const auto types = found == properties.end() ? 0 : found->second->types;
  const bool is_number = !plain.empty() && (plain[0] == '-' || (plain[0] >= '0' && plain[0] <= '9')) && is_json(plain);
  if ((types & (type_integer | type_number)) != 0 && is_number) return std::string(plain);
  if ((types & type_boolean) != 0 && (plain == "true" || plain == "false")) return std::string(plain);
  return json_string(plain);
}

}  // namespace streamdemo::base
