// A parsed schema: nodes that point to each other. Immutable once it is parsed.
#pragma once
#include <re2/re2.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json_schema/decimal.hpp"

namespace streamdemo::base::schema_detail {

// Bits, because a schema may allow several types.
enum json_type : unsigned {
  type_null = 1,
  type_boolean = 2,
  type_integer = 4,  // 2.0 counts as one
  type_number = 8,
  type_string = 16,
  type_array = 32,
  type_object = 64,
};

struct bound {
  long double at;     // holds every integer and every double that JSON is read into, exactly
  std::string shown;  // for messages
};

struct schema_node {
  std::string pointer;  // where it stands in the schema's text
  bool never = false;   // the schema `false`

  unsigned types = 0;  // of json_type; 0: any
  std::optional<std::string> constant;
  std::optional<std::vector<std::string>> enumerated;  // canonical texts, as `constant` is one

  std::optional<bound> minimum, maximum, exclusive_minimum, exclusive_maximum;
  std::optional<decimal> multiple_of;

  std::optional<std::uint64_t> min_length, max_length;  // in code points
  std::unique_ptr<RE2> pattern;
  std::string description;  // what the messages give as the meaning of the pattern

  std::optional<std::uint64_t> min_items, max_items;
  bool unique_items = false;
  const schema_node* items = nullptr;

  std::optional<std::uint64_t> min_properties, max_properties;
  std::map<std::string, const schema_node*, std::less<>> properties;
  std::vector<std::string> required;
  const schema_node* additional = nullptr;

  // The subschemas that apply to the same place of the text.
  const schema_node* ref = nullptr;
  const schema_node* negated = nullptr;
  std::vector<const schema_node*> all_of, any_of, one_of;
};

struct compiled_schema {
  std::string text;
  std::deque<schema_node> nodes;  // the first is the root
};

}  // namespace streamdemo::base::schema_detail
