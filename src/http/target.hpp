// Splits the request target (RFC 9112 section 3.2) into path and query. Pure.
#pragma once
#include <streamdemo/http/message.hpp>

namespace streamdemo::http {

// Fills `path` and `query` from `target`, which has the origin form, or the absolute form, whose scheme and authority
// are dropped. False: another form, an invalid percent escape, an escaped slash or control character (decoding it would
// change the meaning of the path), or invalid UTF-8.
bool parse_target(std::string_view target, std::string& path, std::vector<std::pair<std::string, std::string>>& query);

}  // namespace streamdemo::http
