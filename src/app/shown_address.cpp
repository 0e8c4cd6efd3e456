#include "app/shown_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace streamdemo::app {

namespace ip = boost::asio::ip;

std::string shown_address(const std::vector<std::string>& listen, std::uint16_t port) {
  const auto is_localhost = [](const std::string& text) {
    boost::system::error_code ec;
    const auto a = ip::make_address(text, ec);
    return !ec && (a.is_loopback() || a.is_unspecified());
  };
  if (listen.empty() || std::ranges::any_of(listen, is_localhost)) return fmt::format("http://localhost:{}", port);
  const auto& address = listen.front();
  const bool is_v6 = address.find(':') != address.npos;
  return fmt::format("http://{}{}{}:{}", is_v6 ? "[" : "", address, is_v6 ? "]" : "", port);
}

}  // namespace streamdemo::app
