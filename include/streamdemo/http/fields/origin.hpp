// Which web pages may call. Any page can make a browser send requests to a server on localhost, so the name that was
// called (Host) and the page's origin are checked. CORS uses the same list. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::http {

// "https://example.org:8443" → "example.org:8443"; empty for "null" and anything that is not an origin.
std::string_view origin_authority(std::string_view origin) noexcept;

class origin_rules {
 public:
  // `allowed`: origins such as "https://example.org", in addition to the loopback names.
  explicit origin_rules(std::vector<std::string> allowed);

  // True for loopback names, IP addresses (which, unlike a DNS name, nobody else can point at this machine) and the
  // hosts of the allowed origins.
  bool host_allowed(std::string_view host) const noexcept;

  // True if the page came from this server, if its origin is allowed, or if both are loopback. `host`: the request's
  // Host.
  bool origin_allowed(std::string_view origin, std::string_view host) const noexcept;

 private:
  std::vector<std::string> allowed_;
};

}  // namespace streamdemo::http
