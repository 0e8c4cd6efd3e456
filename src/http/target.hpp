// The request target (RFC 9112 section 3.2) taken apart. Pure.
#pragma once
#include <streamdemo/http/message.hpp>

namespace streamdemo::http {

// Fills path and query from `target`: origin form, or absolute form whose scheme and authority are dropped. False:
// neither of these, a bad percent escape, an escaped slash or control character (they would change what the path
// means to whoever looks at it next), or no UTF-8.
bool parse_target(std::string_view target, std::string& path, std::vector<std::pair<std::string, std::string>>& query);

}  // namespace streamdemo::http
