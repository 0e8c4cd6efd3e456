// The headers Accept and Accept-Encoding (RFC 9110 sections 12.5.1 and 12.5.3). Pure.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace streamdemo::http {

// The index of the offered media type that the client prefers; of equals the first. An empty header accepts all.
// nullopt: none is acceptable. Parts that do not parse are ignored.
std::optional<std::size_t> best_offer(std::string_view accept, std::span<const std::string_view> offered) noexcept;

// Whether Accept-Encoding allows this coding and prefers it at least as much as plain bytes. An empty or missing header
// allows plain bytes only, because the client may not be able to decode anything else.
bool takes_coding(std::string_view accept_encoding, std::string_view coding) noexcept;

}  // namespace streamdemo::http
