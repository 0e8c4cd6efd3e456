#include "processor/handlers/members.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cmath>

namespace streamdemo::processor {

namespace json = boost::json;
using base::errc;
using base::error;
using base::result;

namespace {

const json::value* find(const json::object& o, std::string_view name) {
  const auto* v = o.if_contains(json::string_view(name.data(), name.size()));
  return v == nullptr || v->is_null() ? nullptr : v;
}

error wrong(std::string_view name, std::string_view expected, const json::value& found) {
  auto shown = found.is_double() ? fmt::format("{}", found.get_double()) : json::serialize(found);
  if (shown.size() > 40) shown = shown.substr(0, 37) + "...";
  return {errc::invalid_argument, fmt::format("{} must be {}, not {}", name, expected, shown)};
}

}  // namespace

result<json::object> parse_object(std::string_view payload) {
  if (payload.find_first_not_of(" \t\r\n") == std::string_view::npos) return json::object{};
  json::error_code ec;
  json::parse_options options;
  options.max_depth = 64;  // the nesting that gateways accept
  auto value = json::parse(json::string_view(payload.data(), payload.size()), ec, {}, options);
  if (ec) return error{errc::invalid_argument, "the payload is not valid JSON: " + ec.message()};
  if (!value.is_object()) return error{errc::invalid_argument, "the payload must be a JSON object"};
  return std::move(value.get_object());
}

result<std::int64_t> integer_member(const json::object& o, std::string_view name, std::int64_t otherwise,
                                    std::int64_t low, std::int64_t high) {
  const auto* v = find(o, name);
  if (v == nullptr) return otherwise;
  if (v->is_int64() && v->get_int64() >= low && v->get_int64() <= high) return v->get_int64();
  // In JSON Schema 2.0 is an integer, too, and programs that only have doubles write it so.
  if (v->is_double() && std::trunc(v->get_double()) == v->get_double()) {
    const auto n = v->get_double();
    if (n >= static_cast<double>(low) && n <= static_cast<double>(high)) return static_cast<std::int64_t>(n);
  }
  return wrong(name, fmt::format("a whole number from {} to {}", low, high), *v);
}

result<double> number_member(const json::object& o, std::string_view name, double otherwise, double low, double high) {
  const auto* v = find(o, name);
  if (v == nullptr) return otherwise;
  if (v->is_number()) {
    const auto n = v->to_number<double>();
    if (n >= low && n <= high) return n;
  }
  return wrong(name, fmt::format("a number from {} to {}", low, high), *v);
}

result<bool> truth_member(const json::object& o, std::string_view name, bool otherwise) {
  const auto* v = find(o, name);
  if (v == nullptr) return otherwise;
  if (v->is_bool()) return v->get_bool();
  return wrong(name, "true or false", *v);
}

result<std::string> text_member(const json::object& o, std::string_view name, std::string_view otherwise) {
  const auto* v = find(o, name);
  if (v == nullptr) return std::string(otherwise);
  if (v->is_string()) return std::string(v->get_string().data(), v->get_string().size());
  return wrong(name, "a text", *v);
}

}  // namespace streamdemo::processor
