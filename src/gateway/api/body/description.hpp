// /openapi.json as this gateway serves it: the embedded document, which knows no kind, with what this gateway adds to
// it: a path for each kind with the schema of its payload, the longest deadline, and no security if nobody has to say
// who they are. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/gateway/api/kind_info.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::gateway {

struct described {
  const std::vector<kind_info>& kinds;
  base::milliseconds max_deadline;
  bool asks_for_names = true;  // false: auth.mode is none
};

// `document` is the embedded one. The schema of NAME's payload is the component NAME-input, that of its upload's
// options NAME-options; the operations are submit_NAME and, by socket, submit_NAME_on_socket, with `_` for `-`.
std::string describe(std::string_view document, const described& of);

// The same in OpenAPI 3.2, which can say what each item of a stream is: `additions` are the schemas that only this
// needs, and by media type the schema of an item, in place of that of the whole stream.
std::string describe_items(std::string_view described, std::string_view additions);

}  // namespace streamdemo::gateway
