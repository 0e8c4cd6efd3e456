#include "gateway/api/routes.hpp"

#include "gateway/api/endpoints/endpoints.hpp"

namespace streamdemo::gateway {

std::span<const endpoint_row> endpoint_table() noexcept {
  using namespace endpoints;
  using http::verb;
  static constexpr endpoint_row table[] = {
      {verb::post, "/api/{kind}", submit},
      {verb::get, "/api/{kind}", submit_ws},
      {verb::get, "/api/stream", stream},
      {verb::get, "/api/kinds", kinds},
      {verb::get, "/api/results/{id}", results},
      {verb::get, "/api/tasks", tasks},
      {verb::get, "/api/tasks/{id}", task},
      {verb::get, "/api/tasks/{id}/events", events},
      {verb::get, "/api/tasks/{id}/timeline", timeline},
      {verb::post, "/api/tasks/{id}/cancel", cancel},
      {verb::get, "/api/artifacts/{id}/{name}", artifacts},
      {verb::get, "/", page},
      {verb::get, "/{file}", page},
  };
  return table;
}

}  // namespace streamdemo::gateway
