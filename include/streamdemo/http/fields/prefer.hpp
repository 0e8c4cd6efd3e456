// The Prefer header (RFC 7240): `wait=N`. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::http {

// The seconds of the first `wait` preference, at most `max` (rounded down to whole seconds). nullopt: there is none, or
// it does not parse, since a preference that is not understood must be ignored.
std::optional<std::chrono::seconds> preferred_wait(std::string_view prefer, base::milliseconds max) noexcept;

// The value of Preference-Applied.
std::string applied_wait(std::chrono::seconds wait);

}  // namespace streamdemo::http
