// Members of a JSON object found, or cut out, without building a tree: payloads are passed on as they came. Pure.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::base {

bool is_json_object(std::string_view text);
// Whether a text that is JSON is an object.
bool begins_an_object(std::string_view json) noexcept;

// The text of the value of the first member of that name at the top of `object` (which is_json_object()). A name
// written with escapes is not recognised.
std::optional<std::string_view> member_value(std::string_view object, std::string_view name);

// All members at the top of `object`, in their order, in one pass: the name as it is written and the value's text. Ends
// with the first for which `take` says false.
void each_member(std::string_view object,
                 const std::function<bool(std::string_view name, std::string_view value)>& take);

// `object` without that member, everything else byte for byte as it was.
std::string without_member(std::string_view object, std::string_view name);

}  // namespace streamdemo::base
