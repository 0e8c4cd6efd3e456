#include <streamdemo/base/text.hpp>
#include <streamdemo/http/fields/cookie.hpp>

namespace streamdemo::http {

std::string_view cookie_value(std::string_view field, std::string_view name) noexcept {
  while (!field.empty()) {
    const auto end = field.find(';');
    const auto pair = base::trim(field.substr(0, end));
    field.remove_prefix(end == std::string_view::npos ? field.size() : end + 1);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
  }
  return {};
}

}  // namespace streamdemo::http
