#include "base/json_schema/schema_reader.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <streamdemo/base/json_tree.hpp>

#include "base/json_schema/json_text.hpp"
#include "base/json_schema/schema_chains.hpp"

namespace streamdemo::base::schema_detail {

namespace {

namespace json = boost::json;

constexpr std::string_view dialect = "https://json-schema.org/draft/2020-12/schema";
// Far more than anybody writes by hand.
constexpr std::size_t max_nodes = 10'000;
// The memory of one compiled regular expression.
constexpr std::int64_t max_pattern_bytes = 1 << 20;

struct type_name {
  std::string_view name;
  json_type type;
};
constexpr std::array type_names{type_name{"null", type_null},       type_name{"boolean", type_boolean},
                                type_name{"integer", type_integer}, type_name{"number", type_number},
                                type_name{"string", type_string},   type_name{"array", type_array},
                                type_name{"object", type_object}};

// A $ref such as "#/$defs/a%20b" is a JSON pointer in a URL fragment, so it is percent-encoded.
std::optional<std::string> percent_decoded(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return out;
}

class schema_reader {
 public:
  result<std::shared_ptr<const compiled_schema>> read(std::string_view text) {
    const auto tree = parse_json_tree(text, max_depth);
    if (!tree) return error{errc::invalid_argument, "the schema " + tree.error().message};
    node_of(*tree, "");
    resolve();
    if (wrong_.empty()) wrong_ = wrong_chain(out_->nodes);
    if (!wrong_.empty()) return error{errc::invalid_argument, wrong_};
    out_->text = std::string(text);
    return std::shared_ptr<const compiled_schema>(std::move(out_));
  }

 private:
  using reading = void (schema_reader::*)(schema_node&, const json::value&, const std::string& at);

  struct keyword {
    std::string_view name;
    reading read;
  };
  static const keyword* find(std::string_view name);

  // Only the first error is kept.
  void complain(const std::string& at, std::string_view sentence) {
    if (wrong_.empty()) wrong_ = fmt::format("{} {}", at.empty() ? "the schema" : at, sentence);
  }

  const schema_node* node_of(const json::value& v, const std::string& at) {
    auto& node = out_->nodes.emplace_back();
    node.pointer = at;
    if (out_->nodes.size() > max_nodes) complain(at, fmt::format("is one schema more than {}", max_nodes));
    if (!wrong_.empty()) return &node;
    by_pointer_.emplace(at, &node);
    if (v.is_bool()) {
      node.never = !v.get_bool();
      return &node;
    }
    if (!v.is_object()) {
      complain(at, "must be a schema: an object, true or false");
      return &node;
    }
    for (const auto& member : v.get_object()) {
      const std::string_view name = member.key();
      const auto here = at + pointer_step(name);
      const auto* known = find(name);
      if (known == nullptr) {
        complain(here, "is no keyword of JSON Schema that is known here; docs/commands.md lists those that are");
        break;
      }
      if (known->read != nullptr) (this->*known->read)(node, member.value(), here);
    }
    return &node;
  }

  void type(schema_node& node, const json::value& v, const std::string& at) {
    const auto one = [&](const json::value& name) {
      for (const auto& t : type_names) {
        if (name.is_string() && std::string_view(name.get_string()) == t.name) {
          node.types |= t.type;
          return;
        }
      }
      complain(at, "must name null, boolean, integer, number, string, array, object, or several of them in an array");
    };
    if (!v.is_array()) return one(v);
    if (v.get_array().empty()) complain(at, "must not be empty");
    for (const auto& name : v.get_array()) one(name);
  }

  void enumeration(schema_node& node, const json::value& v, const std::string& at) {
    if (!v.is_array()) return complain(at, "must be an array of values");
    node.enumerated.emplace();
    for (const auto& value : v.get_array()) node.enumerated->push_back(canonical_text(value));
  }

  void constant(schema_node& node, const json::value& v, const std::string&) { node.constant = canonical_text(v); }

  template <auto Member>
  void number(schema_node& node, const json::value& v, const std::string& at) {
    if (!v.is_number()) return complain(at, "must be a number");
    const auto n = v.is_int64()    ? static_cast<long double>(v.get_int64())
                   : v.is_uint64() ? static_cast<long double>(v.get_uint64())
                                   : static_cast<long double>(v.get_double());
    node.*Member = bound{n, canonical_text(v)};
  }

  void multiple(schema_node& node, const json::value& v, const std::string& at) {
    if (v.is_number() && v.to_number<double>() > 0) node.multiple_of = decimal_of(v);
    if (!node.multiple_of) complain(at, "must be a number above 0");
  }

  template <auto Member>
  void count(schema_node& node, const json::value& v, const std::string& at) {
    json::error_code ec;
    const auto n = v.is_number() ? v.to_number<std::uint64_t>(ec) : 0;
    if (!v.is_number() || ec) return complain(at, "must be a whole number from 0");
    node.*Member = n;
  }

  void pattern(schema_node& node, const json::value& v, const std::string& at) {
    if (!v.is_string()) return complain(at, "must be a string");
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(max_pattern_bytes);
    node.pattern = std::make_unique<RE2>(std::string(v.get_string()), options);
    if (!node.pattern->ok()) {
      complain(at, fmt::format("is no regular expression that RE2 takes: {}", node.pattern->error()));
    }
  }

  template <auto Member>
  void schema(schema_node& node, const json::value& v, const std::string& at) {
    node.*Member = node_of(v, at);
  }

  template <auto Member>
  void schemas(schema_node& node, const json::value& v, const std::string& at) {
    if (!v.is_array() || v.get_array().empty()) return complain(at, "must be an array of at least one schema");
    std::size_t i = 0;
    for (const auto& one : v.get_array()) {
      (node.*Member).push_back(node_of(one, at + "/" + std::to_string(i++)));
    }
  }

  template <class Take>
  void each_schema(const json::value& v, const std::string& at, Take take) {
    if (!v.is_object()) return complain(at, "must be an object of schemas");
    for (const auto& member : v.get_object()) {
      take(std::string_view(member.key()), node_of(member.value(), at + pointer_step(member.key())));
    }
  }

  void properties(schema_node& node, const json::value& v, const std::string& at) {
    each_schema(v, at, [&](std::string_view name, const schema_node* n) { node.properties.emplace(name, n); });
  }

  void definitions(schema_node&, const json::value& v, const std::string& at) {
    each_schema(v, at, [](std::string_view, const schema_node*) {});
  }

  void required(schema_node& node, const json::value& v, const std::string& at) {
    if (!v.is_array()) return complain(at, "must be an array of names");
    for (const auto& name : v.get_array()) {
      if (!name.is_string()) return complain(at, "must be an array of names");
      node.required.emplace_back(std::string_view(name.get_string()));
    }
  }

  void description(schema_node& node, const json::value& v, const std::string& at) {
    if (!v.is_string()) return complain(at, "must be a string");
    node.description = std::string(v.get_string());
  }

  void unique(schema_node& node, const json::value& v, const std::string& at) {
    if (!v.is_bool()) return complain(at, "must be true or false");
    node.unique_items = v.get_bool();
  }

  void reference(schema_node& node, const json::value& v, const std::string& at) {
    const std::string_view text = v.is_string() ? std::string_view(v.get_string()) : std::string_view{};
    auto target = text.starts_with('#') ? percent_decoded(text.substr(1)) : std::nullopt;
    if (!target || (!target->empty() && target->front() != '/')) {
      return complain(at, "must lead to a place in the same schema, such as \"#/$defs/name\"");
    }
    references_.push_back({&node, std::move(*target), at});
  }

  // Runs after every subschema has been read, since a $ref may point forward.
  void resolve() {
    for (const auto& r : references_) {
      const auto found = by_pointer_.find(r.target);
      if (found == by_pointer_.end()) return complain(r.at, fmt::format("leads to #{}, where no schema is", r.target));
      r.from->ref = found->second;
    }
  }

  // $schema and $id are allowed only at the root: in a subschema they would change the meaning of everything below it.
  void version(schema_node& node, const json::value& v, const std::string& at) {
    if (!node.pointer.empty()) return complain(at, "may stand only at the top of the schema");
    if (!v.is_string() || std::string_view(v.get_string()) != dialect) {
      complain(at, fmt::format("must be \"{}\", which is what is checked here", dialect));
    }
  }

  void identity(schema_node& node, const json::value& v, const std::string& at) {
    if (!node.pointer.empty()) return complain(at, "may stand only at the top of the schema");
    if (!v.is_string()) complain(at, "must be a string");
  }

  struct pending_reference {
    schema_node* from;
    std::string target;
    std::string at;
  };

  std::shared_ptr<compiled_schema> out_ = std::make_shared<compiled_schema>();
  std::map<std::string, const schema_node*, std::less<>> by_pointer_;
  std::vector<pending_reference> references_;
  std::string wrong_;
};

const schema_reader::keyword* schema_reader::find(std::string_view name) {
  using s = schema_node;
  using r = schema_reader;
  // Keywords without a function are annotations: they are accepted and not checked.
  static const std::array keywords{
      keyword{"type", &r::type},
      keyword{"enum", &r::enumeration},
      keyword{"const", &r::constant},
      keyword{"minimum", &r::number<&s::minimum>},
      keyword{"maximum", &r::number<&s::maximum>},
      keyword{"exclusiveMinimum", &r::number<&s::exclusive_minimum>},
      keyword{"exclusiveMaximum", &r::number<&s::exclusive_maximum>},
      keyword{"multipleOf", &r::multiple},
      keyword{"minLength", &r::count<&s::min_length>},
      keyword{"maxLength", &r::count<&s::max_length>},
      keyword{"pattern", &r::pattern},
      keyword{"items", &r::schema<&s::items>},
      keyword{"minItems", &r::count<&s::min_items>},
      keyword{"maxItems", &r::count<&s::max_items>},
      keyword{"uniqueItems", &r::unique},
      keyword{"properties", &r::properties},
      keyword{"required", &r::required},
      keyword{"additionalProperties", &r::schema<&s::additional>},
      keyword{"minProperties", &r::count<&s::min_properties>},
      keyword{"maxProperties", &r::count<&s::max_properties>},
      keyword{"allOf", &r::schemas<&s::all_of>},
      keyword{"anyOf", &r::schemas<&s::any_of>},
      keyword{"oneOf", &r::schemas<&s::one_of>},
      keyword{"not", &r::schema<&s::negated>},
      keyword{"$ref", &r::reference},
      keyword{"$defs", &r::definitions},
      keyword{"$schema", &r::version},
      keyword{"$id", &r::identity},
      keyword{"$comment", nullptr},
      keyword{"title", nullptr},
      keyword{"description", &r::description},
      keyword{"default", nullptr},
      keyword{"examples", nullptr},
      keyword{"format", nullptr},
      keyword{"deprecated", nullptr},
      keyword{"readOnly", nullptr},
      keyword{"writeOnly", nullptr},
  };
  for (const auto& k : keywords) {
    if (k.name == name) return &k;
  }
  return nullptr;
}

}  // namespace

result<std::shared_ptr<const compiled_schema>> read_schema(std::string_view text) {
  return schema_reader().read(text);
}

}  // namespace streamdemo::base::schema_detail
