// The Content-Encoding header (RFC 9110 section 8.4). Pure.
#pragma once
#include <string_view>

namespace streamdemo::http {

// The first coding in the field other than "identity"; empty: there is none.
std::string_view coding_of(std::string_view content_encoding) noexcept;

}  // namespace streamdemo::http
