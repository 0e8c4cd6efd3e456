// The Accept header (RFC 9110 section 12.5.1). Pure.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace streamdemo::http {

// The index of the offered media type that the client prefers; of equals the first. An empty header accepts all.
// nullopt: none is acceptable. Parts that do not parse are ignored.
std::optional<std::size_t> best_offer(std::string_view accept, std::span<const std::string_view> offered) noexcept;

}  // namespace streamdemo::http
