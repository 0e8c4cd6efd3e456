// The table of all endpoints.
#pragma once
#include <streamdemo/http/router.hpp>

#include <vector>

#include "gateway/api/core.hpp"

namespace streamdemo::gateway {

// `a` outlives the routes.
std::vector<http::route> make_routes(core& a);

}  // namespace streamdemo::gateway
