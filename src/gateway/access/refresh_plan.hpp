// When the keys of one issuer are got anew. Pure: time is an argument.
#pragma once
#include <streamdemo/base/clock.hpp>

namespace streamdemo::gateway {

class refresh_plan {
 public:
  // After a failure the next attempt comes sooner: in 1 s at first, then twice as late each time, until
  // `longest_retry`.
  static constexpr std::chrono::seconds longest_retry{60};
  // A key that is not among them may be new; strangers can name unknown ones as often as they like.
  static constexpr std::chrono::seconds unknown_key_pause{30};

  explicit refresh_plan(base::steady_time::duration period) : period_(period) {}

  // Whether they are to be asked for now. From then on the question is under way, until got() or failed().
  bool ask(base::steady_time now) { return !under_way_ && (!next_ || now >= *next_) && begin(); }
  // The same for the sake of a key that is not among them.
  bool ask_for_unknown_key(base::steady_time now) {
    if (under_way_ || (last_unknown_ && now - *last_unknown_ < unknown_key_pause)) return false;
    last_unknown_ = now;
    return begin();
  }
  void got(base::steady_time now) {
    got_ = now;
    retry_ = first_retry;
    end(now + period_);
  }
  void failed(base::steady_time now) {
    end(now + std::min<base::steady_time::duration>(retry_, period_));
    retry_ = std::min(2 * retry_, longest_retry);
  }

  bool under_way() const noexcept { return under_way_; }
  // When they were last got.
  std::optional<base::steady_time> got_at() const noexcept { return got_; }

 private:
  static constexpr std::chrono::seconds first_retry{1};

  bool begin() { return under_way_ = true; }
  void end(base::steady_time next) {
    under_way_ = false;
    next_ = next;
  }

  const base::steady_time::duration period_;
  std::chrono::seconds retry_ = first_retry;
  std::optional<base::steady_time> next_;  // nullopt: at once
  std::optional<base::steady_time> got_;
  std::optional<base::steady_time> last_unknown_;
  bool under_way_ = false;
};

}  // namespace streamdemo::gateway
