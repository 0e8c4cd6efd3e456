#include "http/client_stream.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>

namespace streamdemo::http {

error client_error(boost::system::error_code ec, std::string_view tried) {
  namespace bh = boost::beast::http;
  auto code = errc::unavailable;
  if (ec == boost::beast::error::timeout) {
    code = errc::timed_out;
  } else if (ec == asio::error::operation_aborted) {
    code = errc::canceled;
  } else if (ec == asio::error::eof || ec == bh::error::end_of_stream || ec == bh::error::partial_message ||
             ec == asio::error::connection_reset || ec == asio::error::broken_pipe) {
    code = errc::closed;
  } else if (ec == bh::error::body_limit || ec == bh::error::header_limit) {
    code = errc::too_large;
  } else if (ec.category() == bh::make_error_code(bh::error::bad_method).category()) {
    code = errc::corrupt;
  }
  return {code, fmt::format("{}: {}", tried, ec.message())};
}

base::awaitable<result<void>> connect_to(client_socket& s, const std::string& host, std::uint16_t port,
                                         base::steady_time deadline) {
  using resolver_type = asio::ip::basic_resolver<asio::ip::tcp, base::executor>;
  boost::system::error_code ec;
  std::vector<asio::ip::tcp::endpoint> endpoints;
  const auto literal = asio::ip::make_address(host, ec);
  if (!ec) {
    endpoints.emplace_back(literal, port);
  } else {
    resolver_type resolver(s.get_executor());
    const auto found =
        co_await resolver.async_resolve(host, std::to_string(port), asio::redirect_error(base::use_awaitable, ec));
    const auto tried = fmt::format("looking up {}", host);
    if (ec) co_return client_error(ec, tried);
    for (const auto& f : found) endpoints.push_back(f.endpoint());
  }
  s.expires_at(deadline);
  co_await s.async_connect(endpoints, asio::redirect_error(base::use_awaitable, ec));
  if (ec) co_return client_error(ec, fmt::format("connecting to {} port {}", host, port));
  s.socket().set_option(asio::ip::tcp::no_delay(true), ec);
  co_return result<void>{};
}

std::vector<field> to_fields(const boost::beast::http::fields& from) {
  std::vector<field> out;
  for (const auto& f : from) {
    const auto name = f.name_string();
    const auto value = f.value();
    out.push_back({std::string(name.data(), name.size()), std::string(value.data(), value.size())});
  }
  return out;
}

}  // namespace streamdemo::http
