#include "gateway/api/origin.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "gateway/api/text.hpp"

namespace streamdemo::gateway {

namespace {

// "localhost:8080" → "localhost", "[::1]:8080" → "::1".
std::string_view name_of(std::string_view authority) noexcept {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    return end == std::string_view::npos ? std::string_view{} : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

// "https://example.org:8443" → "example.org:8443"; empty for "null" and everything else.
std::string_view authority_of(std::string_view origin) noexcept {
  const auto at = origin.find("://");
  return at == std::string_view::npos ? std::string_view{} : origin.substr(at + 3);
}

bool is_address(std::string_view name) noexcept {
  boost::system::error_code ec;
  boost::asio::ip::make_address(std::string(name).c_str(), ec);
  return !ec;
}

bool is_loopback(std::string_view name) noexcept {
  if (same_word(name, "localhost")) return true;
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(std::string(name).c_str(), ec);
  return !ec && address.is_loopback();
}

}  // namespace

origin_rules::origin_rules(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {
  for (auto& a : allowed_) {
    std::transform(a.begin(), a.end(), a.begin(), base::lower);
    if (a.ends_with('/')) a.pop_back();
  }
}

bool origin_rules::host_allowed(std::string_view host) const noexcept {
  const auto name = name_of(host);
  if (name.empty()) return false;
  if (same_word(name, "localhost") || is_address(name)) return true;
  return std::any_of(allowed_.begin(), allowed_.end(),
                     [&](const auto& a) { return same_word(name_of(authority_of(a)), name); });
}

bool origin_rules::origin_allowed(std::string_view origin, std::string_view host) const noexcept {
  const auto authority = authority_of(origin);
  if (authority.empty()) return false;
  if (same_word(authority, host)) return true;
  if (std::any_of(allowed_.begin(), allowed_.end(), [&](const auto& a) { return same_word(a, origin); })) return true;
  return is_loopback(name_of(authority)) && is_loopback(name_of(host));
}

}  // namespace streamdemo::gateway
