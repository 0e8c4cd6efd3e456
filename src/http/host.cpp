#include <boost/asio/ip/address.hpp>
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
