// The table of all endpoints.
#pragma once
#include <span>

#include "gateway/api/call.hpp"

namespace streamdemo::gateway {

struct endpoint_row {
  http::verb verb;  // get also answers head
  std::string_view pattern;
  answering (*run)(call&);
  action what;  // what the caller must be allowed to do
};

std::span<const endpoint_row> endpoint_table() noexcept;

}  // namespace streamdemo::gateway
