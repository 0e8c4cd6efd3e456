// What the content-type of a record says of its payload. Pure, thread-safe.
#pragma once
#include <string_view>

namespace streamdemo::task {

// application/json, or a type with the suffix +json (RFC 6838, section 4.2.8), in any case and with any parameters.
bool says_json(std::string_view content_type);

}  // namespace streamdemo::task
