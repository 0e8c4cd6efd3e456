// GET /api/kinds: what can be submitted here, what each kind takes, and what a person should know about it.
#include <streamdemo/base/json.hpp>

#include "gateway/api/body/answers.hpp"
#include "gateway/api/endpoints/endpoints.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

std::string upload_json(const upload_input& upload) {
  return "{\"media_types\":" + base::json_strings(upload.media_types) + ",\"options_schema\":" + upload.options.text() +
         "}";
}

}  // namespace

answering kinds(call& c) {
  std::string out = "{\"kinds\":[";
  for (const auto& k : c.at().kinds()) {
    if (out.back() != '[') out += ',';
    out += "{\"name\":" + base::json_string(k.name);
    if (!k.notice.empty()) out += ",\"notice\":" + base::json_string(k.notice);
    if (k.input) out += ",\"input_schema\":" + k.input->text();
    if (k.upload) out += ",\"upload\":" + upload_json(*k.upload);
    out += '}';
  }
  out += "]}\n";
  co_return json_response(200, std::move(out));
}

}  // namespace streamdemo::gateway::endpoints
