#include "gateway/api/routes.hpp"

#include "gateway/api/endpoints.hpp"

namespace streamdemo::gateway {

std::vector<http::route> make_routes(core& a) {
  using namespace endpoints;
  using http::verb;
  struct row {
    http::verb verb;
    std::string_view pattern;
    answering (*run)(core&, http::request&);
  };
  constexpr row table[] = {
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
  std::vector<http::route> routes;
  for (const auto& r : table) {
    auto& count = a.context().metrics.counter(
        "streamdemo_gateway_requests_total", "Requests by endpoint.",
        {{"method", std::string(http::to_string(r.verb))}, {"endpoint", std::string(r.pattern)}});
    routes.push_back({r.verb, std::string(r.pattern), [run = r.run, &a, &count](http::request& request) {
                        count.Increment();
                        return run(a, request);
                      }});
  }
  return routes;
}

}  // namespace streamdemo::gateway
