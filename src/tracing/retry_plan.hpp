// What follows from how one request with spans went, as the OTLP specification says: some failures pass, and then the
// same spans are sent again after a pause that grows. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <optional>
#include <string_view>

namespace streamdemo::tracing {

enum class verdict : std::uint8_t { taken, again, refused };

// `status`: of the answer; 0: there was none.
verdict verdict_on(int status) noexcept;

class retry_plan {
 public:
  static constexpr int most_attempts = 5;

  // After the failed attempt number `attempt` (1, 2, …): how long to wait before the next one; nullopt: give up.
  // `retry_after`: that field of the answer; empty: none. `chance`: from 0 to 1.
  static std::optional<base::milliseconds> pause_after(int attempt, std::string_view retry_after,
                                                       double chance) noexcept;
};

}  // namespace streamdemo::tracing
