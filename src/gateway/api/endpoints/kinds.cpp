// GET /api/kinds: what can be submitted here, and what a person should know about it.
#include <streamdemo/base/json.hpp>

#include "gateway/api/body/answers.hpp"
#include "gateway/api/endpoints/endpoints.hpp"

namespace streamdemo::gateway::endpoints {

answering kinds(call& c) {
  std::string out = "{\"kinds\":[";
  for (const auto& k : c.at().kinds()) {
    if (out.back() != '[') out += ',';
    out += "{\"name\":" + base::json_string(k.name);
    if (!k.notice.empty()) out += ",\"notice\":" + base::json_string(k.notice);
    out += '}';
  }
  out += "]}\n";
  co_return json_response(200, std::move(out));
}

}  // namespace streamdemo::gateway::endpoints
