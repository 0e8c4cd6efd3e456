// JSON that two readers cannot read differently: one value of valid UTF-8 in which no object has a member twice,
// however it is written. Pure.
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

namespace streamdemo::gateway {

// nullopt: not that, no object, or more than 16 deep.
std::optional<boost::json::object> parse_strict_object(std::string_view text);

}  // namespace streamdemo::gateway
