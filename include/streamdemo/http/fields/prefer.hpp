// The Prefer header (RFC 7240): `wait=N`. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::http {

// The seconds of the first `wait` preference, cut to `max` (whole seconds). Nothing when there is none or it does not
// parse: a preference that is not understood is ignored.
std::optional<std::chrono::seconds> preferred_wait(std::string_view prefer, base::milliseconds max) noexcept;

// For Preference-Applied.
std::string applied_wait(std::chrono::seconds wait);

}  // namespace streamdemo::http
