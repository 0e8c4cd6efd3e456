// Many coarse deadlines for the price of one timer: a hashed wheel of intrusive entries. Arming, moving, canceling and
// firing cost the same however many there are. Pure: whoever owns the wheel calls advance() about once a tick (each
// server loop does so with its one timer). One thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace streamdemo::http {

class timer_wheel {
 public:
  // One deadline: a base or a member of whatever it belongs to, 32 bytes. Not movable while armed; its destructor
  // disarms it. The function is called from advance(), after the entry was disarmed: it may arm it again, destroy it,
  // and arm, cancel or destroy any other.
  class entry {
   public:
    using function = void (*)(entry& self) noexcept;

    explicit entry(function f) noexcept : run_(f) {}
    ~entry() { cancel(); }
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

    bool armed() const noexcept { return next_ != nullptr; }
    // Does nothing when it is not armed.
    void cancel() noexcept;

   private:
    friend class timer_wheel;
    entry* prev_ = nullptr;
    entry* next_ = nullptr;
    std::uint64_t tick_ = 0;
    function run_;
  };

  // A turn of the wheel is tick * slots; longer deadlines are fine and merely looked at once a turn.
  explicit timer_wheel(base::steady_time start, base::milliseconds tick = base::milliseconds{100},
                       std::size_t slots = 1024);
  ~timer_wheel();
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;

  // Fires at the first advance() that reaches `deadline`, never before it. Moves an entry that is armed.
  void arm(entry& e, base::steady_time deadline) noexcept;
  // `d` from now; saves asking the clock: counted from the next advance(), so up to two ticks late and, however long
  // the loop was busy before or will be, never early.
  void arm_after(entry& e, base::steady_time::duration d) noexcept;

  // Fires everything due. `now` never goes back.
  void advance(base::steady_time now) noexcept;

  // The time of the last advance(): a tick behind, or as long as the loop was busy since.
  base::steady_time now() const noexcept { return now_; }
  base::milliseconds tick() const noexcept { return tick_; }

 private:
  std::uint64_t ticks_of(base::steady_time::duration d) const noexcept;  // rounded up
  std::uint64_t tick_of(base::steady_time t) const noexcept { return ticks_of(t - start_); }
  static void link(entry& list, entry& e) noexcept;
  void place_fresh() noexcept;
  void fire(entry& list) noexcept;

  // The end of a circular list, so that an entry leaves its list without knowing which one it is in.
  struct slot {
    slot() noexcept : end(nullptr) { end.prev_ = end.next_ = &end; }
    entry end;
  };

  const base::steady_time start_;
  const base::milliseconds tick_;
  base::steady_time now_;
  std::uint64_t current_ = 0;  // all deadlines up to this tick were fired
  slot fresh_;                 // armed by arm_after() since the last advance(): their tick_ counts from the next
  const std::size_t size_;
  std::unique_ptr<slot[]> slots_;
};

}  // namespace streamdemo::http
