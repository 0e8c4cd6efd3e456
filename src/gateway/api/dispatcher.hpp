// Every request passes here: who may call, which endpoint, and the headers that all answers share. Any loop.
#pragma once
#include <streamdemo/http/router.hpp>

#include "gateway/api/core.hpp"

namespace streamdemo::gateway {

class dispatcher {
 public:
  // `a` outlives it.
  explicit dispatcher(core& a);
  base::awaitable<http::reply> answer(http::request& r);
  // The page of an error that the server itself gives.
  static http::response error_page(int status, std::string_view detail);

 private:
  // The answer to a request that reaches no endpoint.
  http::response without_endpoint(const http::request& r, const std::string& allow, bool origin_allowed) const;

  core& a_;
  http::router router_;
};

}  // namespace streamdemo::gateway
