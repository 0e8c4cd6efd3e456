// The Content-Encoding header (RFC 9110 section 8.4). Pure.
#pragma once
#include <string_view>

namespace streamdemo::http {

// The first coding of the field that changes bytes; empty: none does.
std::string_view coding_of(std::string_view content_encoding) noexcept;

}  // namespace streamdemo::http
