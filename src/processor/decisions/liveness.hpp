// Which instances are still alive, as one partition of `response` shows it. Only log times count. So a process that
// reads late, was suspended, or has a stalled bus misjudges nobody: its own signs of life are then late or bunched
// together, too. Pure; used by decisions; one thread.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/string_map.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::processor {

class liveness {
 public:
  // After so many own signs of life without a record of the other instance, that one is silent.
  static constexpr std::int64_t beats_of_silence = 4;

  explicit liveness(base::milliseconds interval) : interval_(interval) {}

  // A record of that instance was read. In log order.
  void heard(std::string_view source);
  // An `alive` of this process was read. In log order. It counts only if it comes about one interval (0.5 to 1.5) after
  // the one before; otherwise the silence of every instance is counted anew from here.
  void own_alive(base::sys_time log_time);

  bool silent(std::string_view source) const;
  std::size_t size() const noexcept { return heard_.size(); }

 private:
  void forget_silent();

  base::milliseconds interval_;
  std::optional<base::sys_time> last_own_;
  std::int64_t beats_ = 0;
  std::int64_t unbroken_since_ = 0;
  base::string_map<std::int64_t> heard_;  // source → beats_ when last heard
};

}  // namespace streamdemo::processor
