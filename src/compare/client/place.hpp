// The address of a server. Pure, except for the TLS settings that all its clients share.
#pragma once
#include <streamdemo/http/client.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace streamdemo::compare {

struct place {
  std::string host;
  std::uint16_t port = 0;
  std::shared_ptr<http::client_tls> tls;  // null: plain HTTP

  bool same_machine() const;
  std::unique_ptr<http::client> client(base::executor ex) const { return http::make_client(ex, host, port, tls); }
};

// Parses http://host[:port] or https://host[:port], optionally with a final slash. Error: invalid_argument.
base::result<place> parse_place(std::string_view url, bool insecure);

}  // namespace streamdemo::compare
