#include <streamdemo/http/fields/origin.hpp>

#include <algorithm>
#include <streamdemo/http/host.hpp>

#include <streamdemo/http/fields/text.hpp>

namespace streamdemo::http {

std::string_view origin_authority(std::string_view origin) noexcept {
  const auto at = origin.find("://");
  return at == std::string_view::npos ? std::string_view{} : origin.substr(at + 3);
}

origin_rules::origin_rules(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {
  for (auto& a : allowed_) {
    std::transform(a.begin(), a.end(), a.begin(), base::lower);
    if (a.ends_with('/')) a.pop_back();
  }
}

bool origin_rules::host_allowed(std::string_view host) const noexcept {
  const auto name = host_name(host);
  if (name.empty()) return false;
  if (is_nobodys_else(name)) return true;
  return std::any_of(allowed_.begin(), allowed_.end(),
                     [&](const auto& a) { return same_word(host_name(origin_authority(a)), name); });
}

bool origin_rules::origin_allowed(std::string_view origin, std::string_view host) const noexcept {
  const auto authority = origin_authority(origin);
  if (authority.empty()) return false;
  if (same_word(authority, host)) return true;
  if (std::any_of(allowed_.begin(), allowed_.end(), [&](const auto& a) { return same_word(a, origin); })) return true;
  return is_loopback(host_name(authority)) && is_loopback(host_name(host));
}

}  // namespace streamdemo::http
