// Where a server is reached. Pure, but for the TLS settings that it shares with all its clients.
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

// http://host[:port] or https://host[:port], nothing behind it but a slash. Errors: invalid_argument.
base::result<place> parse_place(std::string_view url, bool insecure);

}  // namespace streamdemo::compare
