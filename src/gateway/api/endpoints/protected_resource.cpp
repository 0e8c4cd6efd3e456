// GET /.well-known/oauth-protected-resource: where to get tokens for this server.
#include "gateway/api/body/protected_resource.hpp"

#include "gateway/api/body/answers.hpp"
#include "gateway/api/endpoints/endpoints.hpp"

namespace streamdemo::gateway::endpoints {

answering protected_resource(call& c) {
  const auto& s = c.at().settings();
  if (protected_resource_url(s).empty()) {
    co_return problem_response(problem::unknown_path,
                               "this is said where auth.mode is jwt and gateway.public_url is set");
  }
  co_return json_response(200, protected_resource_json(s));
}

}  // namespace streamdemo::gateway::endpoints
