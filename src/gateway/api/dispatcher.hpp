// Every request passes through here: checks who may call, finds the endpoint, and adds the headers that all answers
// share. Any loop.
#pragma once
#include <streamdemo/http/router.hpp>

#include "gateway/api/challenges.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/api/services.hpp"

namespace streamdemo::gateway {

class dispatcher {
 public:
  // `s` and the table outlive it.
  dispatcher(services& s, std::span<const endpoint_row> table);
  base::awaitable<http::reply> answer(http::request& r);
  // The answer for an error that the HTTP server itself detects.
  static http::response error_page(int status, std::string_view detail);

 private:
  std::vector<http::route> routes_of(std::span<const endpoint_row> table);
  answering run(const endpoint_row& row, http::request& r);
  answering run_traced(const endpoint_row& row, http::request& r, request_origin from, tracing::span_ptr s);
  answering serve(const endpoint_row& row, http::request& r, request_origin from);
  // The answer to a request that reaches no endpoint.
  http::response without_endpoint(const http::request& r, const std::string& allow, bool origin_allowed) const;

  services& services_;
  const challenges challenges_;
  http::router router_;
};

}  // namespace streamdemo::gateway
