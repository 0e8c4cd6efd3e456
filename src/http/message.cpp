#include <streamdemo/http/message.hpp>

#include "http/text.hpp"

namespace streamdemo::http {

std::string_view to_string(verb v) noexcept {
  switch (v) {
    case verb::get:
      return "GET";
    case verb::head:
      return "HEAD";
    case verb::post:
      return "POST";
    case verb::put:
      return "PUT";
    case verb::delete_:
      return "DELETE";
    case verb::options:
      return "OPTIONS";
    case verb::patch:
      return "PATCH";
    case verb::other:
      break;
  }
  return "?";
}

std::string_view find_field(const std::vector<field>& fields, std::string_view name) noexcept {
  for (const auto& f : fields) {
    if (same_word(f.name, name)) return f.value;
  }
  return {};
}

std::string_view request::header(std::string_view name) const noexcept {
  return find_field(fields, name);
}

bool request::has_header(std::string_view name) const noexcept {
  for (const auto& f : fields) {
    if (same_word(f.name, name)) return true;
  }
  return false;
}

std::string_view request::authority() const noexcept {
  const auto scheme = std::string_view(target).find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return header("Host");
  const auto rest = std::string_view(target).substr(scheme + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

std::string request::joined_header(std::string_view name) const {
  std::string all;
  bool first = true;
  for (const auto& f : fields) {
    if (!same_word(f.name, name)) continue;
    if (!first) all += ", ";
    all += f.value;
    first = false;
  }
  return all;
}

std::optional<std::string_view> request::query_value(std::string_view name) const noexcept {
  for (const auto& [key, value] : query) {
    if (key == name) return std::string_view{value};
  }
  return std::nullopt;
}

std::string_view request::param(std::string_view name) const noexcept {
  for (const auto& [key, value] : params) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace streamdemo::http
