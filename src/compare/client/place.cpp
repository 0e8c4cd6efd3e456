#include "compare/client/place.hpp"

#include <fmt/format.h>

#include <charconv>

namespace streamdemo::compare {

namespace {

base::error wrong(std::string_view url) {
  return {base::errc::invalid_argument,
          fmt::format("'{}' is no address of a server: write http://host:port or https://host:port", url)};
}

}  // namespace

bool place::same_machine() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

base::result<place> parse_place(std::string_view url, bool insecure) {
  place p;
  auto rest = url;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
    p.tls = http::make_client_tls(!insecure);
    p.port = 443;
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    p.port = 80;
  } else {
    return wrong(url);
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  auto colon = rest.rfind(':');
  if (rest.starts_with('[')) {
    const auto bracket = rest.find(']');
    if (bracket == std::string_view::npos) return wrong(url);
    p.host = rest.substr(1, bracket - 1);
    rest.remove_prefix(bracket + 1);
    colon = rest.find(':');
  } else {
    p.host = rest.substr(0, colon);
  }
  if (colon != std::string_view::npos) {
    const auto digits = rest.substr(colon + 1);
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), p.port);
    if (ec != std::errc{} || end != digits.data() + digits.size() || p.port == 0) return wrong(url);
  }
  if (p.host.empty() || p.host.find('/') != std::string::npos) return wrong(url);
  return p;
}

}  // namespace streamdemo::compare
