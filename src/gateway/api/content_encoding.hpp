// Bodies are taken as they are: no coding (gzip, br, …) is undone here. Pure.
#pragma once
#include <streamdemo/http/message.hpp>

#include <optional>

namespace streamdemo::gateway {

// The first coding of a Content-Encoding field that changes bytes; empty: none does.
std::string_view coding_of(std::string_view content_encoding) noexcept;

// What a request is told whose body is encoded: 415, with the codings that are taken (RFC 9110 section 15.5.16).
std::optional<http::response> refuse_encoded_body(const http::request& r);

}  // namespace streamdemo::gateway
