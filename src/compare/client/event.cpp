#include "compare/client/event.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace streamdemo::compare {

namespace json = boost::json;

namespace {

std::optional<json::object> parse_object(std::string_view text) {
  boost::system::error_code ec;
  auto value = json::parse({text.data(), text.size()}, ec);
  if (ec || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::string text_of(const json::object& o, std::string_view name) {
  const auto* v = o.if_contains({name.data(), name.size()});
  if (v == nullptr || !v->is_string()) return {};
  return {v->get_string().data(), v->get_string().size()};
}

std::int64_t number_of(const json::object& o, std::string_view name) {
  const auto* v = o.if_contains({name.data(), name.size()});
  return v != nullptr && v->is_int64() ? v->get_int64() : 0;
}

std::optional<event> to_event(const json::object& o) {
  event e;
  e.type = text_of(o, "type");
  if (e.type.empty()) return std::nullopt;
  e.seq = number_of(o, "seq");
  e.attempt = number_of(o, "attempt");
  e.made = base::parse_time(text_of(o, "time")).value_or(base::sys_time{});
  e.source = text_of(o, "source");
  const auto* data = o.if_contains("data");
  if (data != nullptr && data->is_object()) e.index = number_of(data->get_object(), "index");
  return e;
}

bool append(std::vector<event>& to, const json::value& v) {
  auto e = v.is_object() ? to_event(v.get_object()) : std::nullopt;
  if (e) to.push_back(std::move(*e));
  return e.has_value();
}

std::optional<std::vector<event>> events_of(const json::object& o, std::string_view name) {
  const auto* list = o.if_contains({name.data(), name.size()});
  if (list == nullptr || !list->is_array()) return std::nullopt;
  std::vector<event> out;
  for (const auto& v : list->get_array()) {
    if (!append(out, v)) return std::nullopt;
  }
  return out;
}

}  // namespace

std::optional<event> parse_event(std::string_view text) {
  const auto o = parse_object(text);
  return o ? to_event(*o) : std::nullopt;
}

std::optional<poll_answer> parse_poll_answer(std::string_view text) {
  const auto o = parse_object(text);
  if (!o) return std::nullopt;
  auto events = events_of(*o, "events");
  if (!events) return std::nullopt;
  const auto* more = o->if_contains("more");
  return poll_answer{.events = std::move(*events),
                     .next = number_of(*o, "next"),
                     .more = more != nullptr && more->is_bool() && more->get_bool()};
}

std::optional<std::vector<event>> parse_results_answer(std::string_view text) {
  const auto o = parse_object(text);
  if (!o) return std::nullopt;
  auto events = events_of(*o, "results");
  const auto* ended = o->if_contains("ended");
  if (!events || ended == nullptr || !append(*events, *ended)) return std::nullopt;
  return events;
}

std::string string_member(std::string_view text, std::string_view name) {
  const auto o = parse_object(text);
  return o ? text_of(*o, name) : std::string();
}

}  // namespace streamdemo::compare
