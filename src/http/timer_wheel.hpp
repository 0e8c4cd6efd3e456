// Many coarse deadlines with one timer: a hashed timer wheel with intrusive entries. Arming, moving, canceling and
// firing an entry takes constant time. Pure: the owner calls advance() about once per tick (each server loop has one
// timer for that). One thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace streamdemo::http {

class timer_wheel {
 public:
  // One deadline, as a base class or a member of its owner; 32 bytes. Not movable while armed; the destructor disarms
  // it. advance() disarms the entry and then calls the function, which may arm it again or destroy it, and may arm,
  // cancel or destroy any other entry.
  class entry {
   public:
    using function = void (*)(entry& self) noexcept;

    explicit entry(function f) noexcept : run_(f) {}
    ~entry() { cancel(); }
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

    bool armed() const noexcept { return next_ != nullptr; }
    // Does nothing if it is not armed.
    void cancel() noexcept;

   private:
    friend class timer_wheel;
    entry* prev_ = nullptr;
    entry* next_ = nullptr;
    std::uint64_t tick_ = 0;
    function run_;
  };

  // One turn of the wheel takes tick * slots. Later deadlines are allowed; they are checked once per turn.
  explicit timer_wheel(base::steady_time start, base::milliseconds tick = base::milliseconds{100},
                       std::size_t slots = 1024);
  ~timer_wheel();
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;

  // Fires at the first advance() at or after `deadline`, never before it. An entry that is armed already is moved.
  void arm(entry& e, base::steady_time deadline) noexcept;
  // Fires `d` from now, without reading the clock: the time counts from the next advance(). So it fires up to two ticks
  // late, but never early, however long the loop is busy.
  void arm_after(entry& e, base::steady_time::duration d) noexcept;

  // Fires every entry that is due. `now` must never decrease.
  void advance(base::steady_time now) noexcept;

  // The time of the last advance(): up to one tick old, or older if the loop was busy since then.
  base::steady_time now() const noexcept { return now_; }
  base::milliseconds tick() const noexcept { return tick_; }

 private:
  std::uint64_t ticks_of(base::steady_time::duration d) const noexcept;  // rounded up
  std::uint64_t tick_of(base::steady_time t) const noexcept { return ticks_of(t - start_); }
  static void link(entry& list, entry& e) noexcept;
  void place_fresh() noexcept;
  void fire(entry& list) noexcept;

  // The sentinel of a circular list, so that an entry leaves its list without knowing which list it is.
  struct slot {
    slot() noexcept : end(nullptr) { end.prev_ = end.next_ = &end; }
    entry end;
  };

  const base::steady_time start_;
  const base::milliseconds tick_;
  base::steady_time now_;
  std::uint64_t current_ = 0;  // all deadlines up to this tick have fired
  slot fresh_;                 // armed by arm_after() since the last advance(): their tick_ counts from the next one
  const std::size_t size_;
  std::unique_ptr<slot[]> slots_;
};

}  // namespace streamdemo::http
