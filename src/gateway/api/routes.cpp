#include "gateway/api/routes.hpp"

#include "gateway/api/endpoints/endpoints.hpp"

namespace streamdemo::gateway {

std::span<const endpoint_row> endpoint_table() noexcept {
  using namespace endpoints;
  using http::verb;
  static constexpr endpoint_row table[] = {
      {verb::post, "/api/{kind}", submit, action::submit},
      {verb::get, "/api/{kind}", submit_ws, action::submit},
      {verb::get, "/api/stream", stream, action::greet},
      {verb::get, "/api/kinds", kinds, action::look},
      {verb::get, "/api/results/{id}", results, action::read},
      {verb::get, "/api/tasks", tasks, action::list},
      {verb::get, "/api/tasks/{id}", task, action::read},
      {verb::delete_, "/api/tasks/{id}", delete_task, action::forget},
      {verb::get, "/api/tasks/{id}/events", events, action::read},
      {verb::get, "/api/tasks/{id}/timeline", timeline, action::read},
      {verb::post, "/api/tasks/{id}/cancel", cancel, action::cancel},
      {verb::post, "/api/tasks/{id}/ticket", ticket, action::ticket},
      {verb::get, "/api/artifacts/{id}/{name}", artifacts, action::read},
      {verb::get, "/api/session", session, action::open},
      {verb::post, "/api/session", sign_in, action::look},
      {verb::delete_, "/api/session", sign_out, action::open},
      {verb::get, "/.well-known/oauth-protected-resource", protected_resource, action::open},
      {verb::get, "/", page, action::open},
      {verb::get, "/{file}", page, action::open},
      {verb::get, "/{room}/{file}", page, action::open},
  };
  return table;
}

}  // namespace streamdemo::gateway
