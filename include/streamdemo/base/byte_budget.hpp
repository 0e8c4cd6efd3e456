// Bytes that many hold for a while and that together never pass a limit. Whoever needs room asks for it before it takes
// it; what is refused can be said no to, or be done in smaller pieces. Thread-safe; a share belongs to one thread at a
// time and goes before its budget.
#pragma once
#include <streamdemo/base/metrics.hpp>

#include <atomic>
#include <cstdint>
#include <utility>

namespace streamdemo::base {

class byte_budget {
 public:
  // Up to `free_each` bytes of a share are not counted: they are part of what its owner costs anyway.
  byte_budget(std::uint64_t max, std::uint64_t free_each, gauge& used, counter& refused)
      : max_(max), free_each_(free_each), used_gauge_(used), refused_(refused) {}
  byte_budget(const byte_budget&) = delete;

  std::uint64_t free_each() const noexcept { return free_each_; }
  std::uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

  class share {
   public:
    // Without a budget everything is granted.
    explicit share(byte_budget* of = nullptr) noexcept : of_(of) {}
    share(share&& other) noexcept : of_(other.of_), counted_(std::exchange(other.counted_, 0)) {}
    share& operator=(share&&) = delete;
    ~share() { release(); }

    // From now on this share is of `bytes`. False: there is no room; it stays what it was.
    bool hold(std::uint64_t bytes) noexcept { return of_ == nullptr || of_->change(counted_, bytes); }
    void release() noexcept { hold(0); }

   private:
    byte_budget* of_;
    std::uint64_t counted_ = 0;
  };

 private:
  bool change(std::uint64_t& counted, std::uint64_t bytes) noexcept {
    const auto wanted = bytes > free_each_ ? bytes : 0;
    if (wanted > counted) {
      const auto more = wanted - counted;
      if (used_.fetch_add(more, std::memory_order_relaxed) + more > max_) {
        used_.fetch_sub(more, std::memory_order_relaxed);
        refused_.Increment();
        return false;
      }
    } else if (wanted < counted) {
      used_.fetch_sub(counted - wanted, std::memory_order_relaxed);
    } else {
      return true;
    }
    counted = wanted;
    used_gauge_.Set(static_cast<double>(used()));
    return true;
  }

  const std::uint64_t max_;
  const std::uint64_t free_each_;
  std::atomic<std::uint64_t> used_{0};
  gauge& used_gauge_;
  counter& refused_;
};

}  // namespace streamdemo::base
