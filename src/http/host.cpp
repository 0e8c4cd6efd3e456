#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <streamdemo/http/host.hpp>
#include <string>

#include "http/text.hpp"

namespace streamdemo::http {

std::string_view host_name(std::string_view authority) noexcept {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    return end == std::string_view::npos ? std::string_view{} : authority.substr(1, end - 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool is_authority(std::string_view text) noexcept {
  const bool bracketed = text.starts_with('[');
  const auto name = host_name(text);
  const auto of_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~%!$&'()*+;=").find(c) != std::string_view::npos;
  };
  if (name.empty() || (!bracketed && !std::all_of(name.begin(), name.end(), of_name))) return false;
  auto port = text.substr(name.size() + (bracketed ? 2 : 0));
  if (port.empty()) return true;
  if (port.front() != ':') return false;
  port.remove_prefix(1);
  if (port.empty()) return true;
  std::uint16_t number = 0;
  const auto [end, ec] = std::from_chars(port.data(), port.data() + port.size(), number);
  return ec == std::errc{} && end == port.data() + port.size();
}

bool is_loopback(std::string_view name) noexcept {
  if (same_word(name, "localhost")) return true;
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(std::string(name).c_str(), ec);
  return !ec && address.is_loopback();
}

bool is_nobodys_else(std::string_view name) noexcept {
  if (same_word(name, "localhost")) return true;
  boost::system::error_code ec;
  boost::asio::ip::make_address(std::string(name).c_str(), ec);
  return !ec;
}

}  // namespace streamdemo::http
