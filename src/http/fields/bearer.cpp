#include <streamdemo/base/text.hpp>
#include <streamdemo/http/fields/bearer.hpp>

namespace streamdemo::http {

std::optional<std::string_view> bearer_token(std::string_view field) noexcept {
  constexpr std::string_view scheme = "bearer";
  if (field.size() <= scheme.size() || !base::same_word(field.substr(0, scheme.size()), scheme)) return std::nullopt;
  if (field[scheme.size()] != ' ') return std::nullopt;
  return base::trim(field.substr(scheme.size()));
}

}  // namespace streamdemo::http
