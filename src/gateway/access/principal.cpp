#include "gateway/access/principal.hpp"

#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/secret.hpp>

#include <array>

namespace streamdemo::gateway {

namespace {

constexpr std::array<std::pair<scope, std::string_view>, 4> scope_names{{{scope::submit, "tasks:submit"},
                                                                         {scope::read, "tasks:read"},
                                                                         {scope::cancel, "tasks:cancel"},
                                                                         {scope::admin, "tasks:admin"}}};

}  // namespace

std::string_view to_string(scope s) noexcept {
  for (const auto& [one, name] : scope_names) {
    if (one == s) return name;
  }
  return {};
}

std::optional<scope> parse_scope(std::string_view text) noexcept {
  for (const auto& [one, name] : scope_names) {
    if (name == text) return one;
  }
  return std::nullopt;
}

std::string to_string(scopes s) {
  std::string out;
  for (const auto& [one, name] : scope_names) {
    if (!has_scope(s, one)) continue;
    if (!out.empty()) out += ' ';
    out += name;
  }
  return out;
}

std::string owner_of(std::string_view issuer, std::string_view subject) {
  // The length first: no two pairs make the same text.
  std::string text = "streamdemo owner " + std::to_string(issuer.size()) + ' ';
  text += issuer;
  text += subject;
  const auto digest = base::sha256_bytes(text);
  return base::to_base64url({digest.data(), 16});
}

principal_ptr nobody() {
  static const auto one = std::make_shared<const principal>();
  return one;
}

principal_ptr anyone() {
  static const auto one = [] {
    auto p = std::make_shared<principal>();
    p->may = all_scopes;
    return p;
  }();
  return one;
}

}  // namespace streamdemo::gateway
