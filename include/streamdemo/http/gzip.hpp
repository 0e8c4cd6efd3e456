// The gzip coding (RFC 1952) of bytes that are made once and sent often. Pure; any thread. It takes the time of zlib's
// best compression, so it is nothing for what is made per request.
#pragma once
#include <string>
#include <string_view>

namespace streamdemo::http {

std::string gzip(std::string_view bytes);

}  // namespace streamdemo::http
