// Finds or removes members of a JSON object without building a tree, so that payloads are passed on byte for byte.
// Pure.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::base {

bool is_json_object(std::string_view text);
// Whether `json`, which must be valid JSON, is an object.
bool begins_an_object(std::string_view json) noexcept;

// The value's text of the first top-level member with that name; nullopt: there is none. `object` must satisfy
// is_json_object(). A name that is written with escapes is not recognised.
std::optional<std::string_view> member_value(std::string_view object, std::string_view name);

// Calls `take` for each top-level member in order, in one pass: with the name as it is written and the value's text.
// Stops when `take` returns false.
void each_member(std::string_view object,
                 const std::function<bool(std::string_view name, std::string_view value)>& take);

// `object` without that member; every other byte stays.
std::string without_member(std::string_view object, std::string_view name);

}  // namespace streamdemo::base
