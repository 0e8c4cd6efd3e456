// One member of a JSON object found, or cut out, without building a tree: payloads are passed on as they came. Pure.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace streamdemo::gateway {

bool is_json_object(std::string_view text);

// The text of the value of the first member of that name at the top of `object` (which is_json_object()). A name
// written with escapes is not recognised.
std::optional<std::string_view> member_value(std::string_view object, std::string_view name) noexcept;

// The name, as it is written, of the first member at the top of `object` that is none of `known`.
std::optional<std::string_view> unknown_member(std::string_view object, std::span<const std::string_view> known);

// `object` without that member, everything else byte for byte as it was.
std::string without_member(std::string_view object, std::string_view name);

}  // namespace streamdemo::gateway
