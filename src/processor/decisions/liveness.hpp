// Who is still there, as one partition of `response` shows it. Log times only: a lagging reader, a woken process or a
// stalled bus misjudges nobody, because it sees its own signs of life late or bunched together as well.
// Pure; used by decisions; one thread.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/string_map.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::processor {

class liveness {
 public:
  // So many own signs of life without a word from the other make it silent.
  static constexpr std::int64_t beats_of_silence = 4;

  explicit liveness(base::milliseconds interval) : interval_(interval) {}

  // Any record of that instance, in log order.
  void heard(std::string_view source);
  // An `alive` of this very process, in log order. It counts only when it stands about one interval (0.5 to 1.5) after
  // the one before; otherwise the count of everybody's silence begins anew.
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
