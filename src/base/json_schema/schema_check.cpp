#include "base/json_schema/schema_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/json_schema/json_text.hpp"

namespace streamdemo::base::schema_detail {

namespace {

namespace json = boost::json;

unsigned types_of(const json::value& v) noexcept {
  switch (v.kind()) {
    case json::kind::null:
      return type_null;
    case json::kind::bool_:
      return type_boolean;
    case json::kind::int64:
    case json::kind::uint64:
      return type_integer | type_number;
    case json::kind::double_:
      return v.get_double() == std::trunc(v.get_double()) ? type_integer | type_number : type_number;
    case json::kind::string:
      return type_string;
    case json::kind::array:
      return type_array;
    case json::kind::object:
      return type_object;
  }
  return 0;
}

std::string names_of(unsigned types) {
  // The bits of json_type from type_boolean on, in their order; null is appended last.
  constexpr std::array<std::string_view, 6> names{"true or false", "a whole number", "a number",
                                                  "a string",      "an array",       "an object"};
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((types >> (i + 1) & 1) != 0) out.push_back(names[i]);
  }
  if ((types & type_null) != 0) out.push_back("null");
  return fmt::format("{}", fmt::join(out, " or "));
}

// The first few of a list that may be long, for a message.
template <class List>
std::string first_few(const List& all) {
  std::string out;
  std::size_t n = 0;
  for (const auto& one : all) {
    if (out.size() > 200) return out + fmt::format(" and {} more", std::size(all) - n);
    out += (n++ == 0 ? "" : ", ") + std::string(one);
  }
  return out;
}

long double exact(const json::value& v) noexcept {
  if (v.is_int64()) return static_cast<long double>(v.get_int64());
  if (v.is_uint64()) return static_cast<long double>(v.get_uint64());
  return static_cast<long double>(v.get_double());
}

// A place in the text: a linked list of the steps from there up to the root, whose nodes live on the stack.
struct place {
  const place* parent = nullptr;
  std::string_view name;
  std::size_t index = 0;
  bool is_item = false;

  std::string pointer() const {
    if (parent == nullptr) return {};
    return parent->pointer() + (is_item ? "/" + std::to_string(index) : pointer_step(name));
  }
};

class checker {
 public:
  explicit checker(std::size_t bytes) : steps_left_(100'000 + 16 * bytes) {}

  // After false, the violation is that of the last call that returned false.
  bool good(const schema_node& n, const json::value& v, const place& at) {
    if (!spend(1, at)) return false;
    if (n.never) return violated(at, "is not allowed here");
    if (n.types != 0 && (n.types & types_of(v)) == 0) {
      return violated(at, fmt::format("must be {}, not {}", names_of(n.types), shown_value(v)));
    }
    if (!good_value(n, v, at)) return false;
    if (v.is_number() && !good_number(n, v, at)) return false;
    if (v.is_string() && !good_string(n, v, at)) return false;
    if (v.is_array() && !good_array(n, v.get_array(), at)) return false;
    if (v.is_object() && !good_object(n, v.get_object(), at)) return false;
    return good_parts(n, v, at);
  }

  schema_violation violation() { return std::move(violation_); }

 private:
  bool violated(const place& at, std::string sentence) {
    if (!out_of_steps_) violation_ = {at.pointer(), std::move(sentence)};
    return false;
  }

  // Counts steps against a bound, because nested alternatives multiply the work.
  bool spend(std::size_t steps, const place& at) {
    if (steps <= steps_left_) {
      steps_left_ -= steps;
      return true;
    }
    violated(at, "takes too many steps to be checked against its schema");
    out_of_steps_ = true;
    return false;
  }

  bool good_value(const schema_node& n, const json::value& v, const place& at) {
    if (!n.constant && !n.enumerated) return true;
    const auto text = canonical_text(v);
    if (!spend(text.size() / 16, at)) return false;
    if (n.constant && text != *n.constant) {
      return violated(at, fmt::format("must be {}, not {}", *n.constant, shown_value(v)));
    }
    if (n.enumerated && std::ranges::find(*n.enumerated, text) == n.enumerated->end()) {
      return violated(at, fmt::format("must be one of {}, not {}", first_few(*n.enumerated), shown_value(v)));
    }
    return true;
  }

  bool good_number(const schema_node& n, const json::value& v, const place& at) {
    const auto number = exact(v);
    const auto must = [&](std::string_view what, const std::string& limit) {
      return violated(at, fmt::format("must be {} {}, not {}", what, limit, shown_value(v)));
    };
    if (n.minimum && number < n.minimum->at) return must("at least", n.minimum->shown);
    if (n.maximum && number > n.maximum->at) return must("at most", n.maximum->shown);
    if (n.exclusive_minimum && number <= n.exclusive_minimum->at) return must("more than", n.exclusive_minimum->shown);
    if (n.exclusive_maximum && number >= n.exclusive_maximum->at) return must("less than", n.exclusive_maximum->shown);
    if (n.multiple_of) {
      const auto d = decimal_of(v);
      if (!d || !is_multiple(*d, *n.multiple_of)) return must("a multiple of", n.multiple_of->shown);
    }
    return true;
  }

  bool good_string(const schema_node& n, const json::value& v, const place& at) {
    const std::string_view text = v.get_string();
    if (!spend(text.size() / 64, at)) return false;
    if (n.min_length && code_points(text) < *n.min_length) {
      return violated(at, fmt::format("must have at least {} characters, not {}", *n.min_length, code_points(text)));
    }
    if (n.max_length && code_points(text) > *n.max_length) {
      return violated(at, fmt::format("must have at most {} characters, not {}", *n.max_length, code_points(text)));
    }
    if (n.pattern && !RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *n.pattern)) {
      if (n.description.empty()) return violated(at, "must match the pattern " + n.pattern->pattern());
      return violated(at, fmt::format("must be as described: {}; not {}", n.description, shown_value(v)));
    }
    return true;
  }

  bool good_array(const schema_node& n, const json::array& items, const place& at) {
    if (n.min_items && items.size() < *n.min_items) {
      return violated(at, fmt::format("must have at least {} items, not {}", *n.min_items, items.size()));
    }
    if (n.max_items && items.size() > *n.max_items) {
      return violated(at, fmt::format("must have at most {} items, not {}", *n.max_items, items.size()));
    }
    if (n.unique_items && !unique(items, at)) return false;
    for (std::size_t i = 0; n.items != nullptr && i < items.size(); ++i) {
      if (!good(*n.items, items[i], {.parent = &at, .index = i, .is_item = true})) return false;
    }
    return true;
  }

  bool unique(const json::array& items, const place& at) {
    std::vector<std::pair<std::string, std::size_t>> texts;
    for (std::size_t i = 0; i < items.size(); ++i) {
      texts.emplace_back(canonical_text(items[i]), i);
      if (!spend(texts.back().first.size() / 16 + 1, at)) return false;
    }
    std::ranges::sort(texts);
    const auto twice = std::ranges::adjacent_find(texts, {}, &std::pair<std::string, std::size_t>::first);
    if (twice == texts.end()) return true;
    return violated(at, fmt::format("must not have an item twice: those at {} and {} are equal", twice->second,
                                    std::next(twice)->second));
  }

  bool good_object(const schema_node& n, const json::object& members, const place& at) {
    for (const auto& name : n.required) {
      if (!members.contains(name)) return violated(at, fmt::format("lacks the member \"{}\"", name));
    }
    if (n.min_properties && members.size() < *n.min_properties) {
      return violated(at, fmt::format("must have at least {} members, not {}", *n.min_properties, members.size()));
    }
    if (n.max_properties && members.size() > *n.max_properties) {
      return violated(at, fmt::format("must have at most {} members, not {}", *n.max_properties, members.size()));
    }
    if (n.properties.empty() && n.additional == nullptr) return true;
    for (const auto& member : members) {
      const std::string_view name = member.key();
      const auto known = n.properties.find(name);
      const auto* schema = known != n.properties.end() ? known->second : n.additional;
      const place here{.parent = &at, .name = name};
      if (schema == nullptr) continue;
      if (schema == n.additional && schema->never) return stranger(n, here);
      if (!good(*schema, member.value(), here)) return false;
    }
    return true;
  }

  bool stranger(const schema_node& n, const place& here) {
    std::vector<std::string_view> names;
    for (const auto& property : n.properties) names.push_back(property.first);
    if (names.empty()) return violated(here, "is not allowed: no member is");
    return violated(here, fmt::format("is not known here; known are {}", first_few(names)));
  }

  bool good_parts(const schema_node& n, const json::value& v, const place& at) {
    if (n.ref != nullptr && !good(*n.ref, v, at)) return false;
    for (const auto* part : n.all_of) {
      if (!good(*part, v, at)) return false;
    }
    if (!n.any_of.empty() && !any(n.any_of, v, at)) return false;
    if (!n.one_of.empty() && !one(n.one_of, v, at)) return false;
    if (n.negated != nullptr && good(*n.negated, v, at)) {
      return violated(at, fmt::format("must not be what {} describes", n.negated->pointer));
    }
    return !out_of_steps_;
  }

  bool one(const std::vector<const schema_node*>& all, const json::value& v, const place& at) {
    std::vector<std::string_view> fitting;
    for (const auto* n : all) {
      if (good(*n, v, at)) fitting.push_back(n->pointer);
    }
    if (fitting.empty()) return any(all, v, at);
    if (fitting.size() == 1) return true;
    return violated(at, fmt::format("must be only one of what {} describe", fmt::join(fitting, " and ")));
  }

  // If no alternative fits, report the one that failed deepest in the value: most likely it is the one that was meant.
  bool any(const std::vector<const schema_node*>& all, const json::value& v, const place& at) {
    schema_violation furthest;
    std::string reasons;
    for (const auto* n : all) {
      if (good(*n, v, at)) return true;
      if (out_of_steps_) return false;
      if (violation_.pointer.size() > furthest.pointer.size()) furthest = violation_;
      if (reasons.size() < 300 && reasons.find(violation_.sentence) == reasons.npos) {
        reasons += (reasons.empty() ? "" : "; or ") + violation_.sentence;
      }
    }
    const auto here = at.pointer();
    if (furthest.pointer.size() > here.size()) {
      violation_ = std::move(furthest);
      return false;
    }
    return violated(at, std::move(reasons));
  }

  std::size_t steps_left_;
  bool out_of_steps_ = false;
  schema_violation violation_;
};

}  // namespace

std::optional<schema_violation> check(const schema_node& root, const json::value& v, std::size_t bytes) {
  checker c(bytes);
  if (c.good(root, v, {})) return std::nullopt;
  return c.violation();
}

}  // namespace streamdemo::base::schema_detail
