// The words of the protocol as types. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::task {

using base::errc;
using base::error;
using base::result;
using base::sys_time;

enum class message_type { submitted, accepted, started, result, progress, log, ended, released, deleted, alive };
enum class status : std::uint8_t { queued, running, succeeded, failed, canceled, expired };

// The short word ("result") and the CloudEvents type ("streamdemo.task.result").
std::string_view to_string(message_type type) noexcept;
std::string_view ce_type(message_type type) noexcept;
std::optional<message_type> parse_ce_type(std::string_view text) noexcept;

std::string_view to_string(status s) noexcept;
// Parses one of the four statuses that end a task.
std::optional<status> parse_end(std::string_view text) noexcept;
inline bool is_end(status s) noexcept {
  return s != status::queued && s != status::running;
}

// [a-z0-9-]{1,64}, and no name that the HTTP API uses itself, such as tasks or stream.
bool is_kind(std::string_view text) noexcept;

// The version of the rules in fold.hpp, written on every `accepted`.
inline constexpr int fold_version = 1;

}  // namespace streamdemo::task
