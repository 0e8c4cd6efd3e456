// Who may call: any web page can reach a server on localhost, so its name (Host) and the page's origin are checked, and
// the same list drives CORS. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::http {

// "https://example.org:8443" → "example.org:8443"; empty for "null" and everything else.
std::string_view origin_authority(std::string_view origin) noexcept;

class origin_rules {
 public:
  // `allowed`: origins such as "https://example.org", beside the loopback names.
  explicit origin_rules(std::vector<std::string> allowed);

  // Loopback names, addresses (a name that somebody else controls cannot be one) and the hosts of the allowed origins.
  bool host_allowed(std::string_view host) const noexcept;

  // The page's own server, an allowed origin, or loopback to loopback. `host` is the request's Host.
  bool origin_allowed(std::string_view origin, std::string_view host) const noexcept;

 private:
  std::vector<std::string> allowed_;
};

}  // namespace streamdemo::http
