// A limit on the bytes that many owners hold together. Each owner has a share, and asks for room before it allocates;
// when the budget refuses, the owner rejects the work or does it in smaller pieces. The budget is thread-safe. A share
// is used by one thread at a time and must be destroyed before its budget.
#pragma once
#include <streamdemo/base/metrics.hpp>

#include <atomic>
#include <cstdint>
#include <utility>

namespace streamdemo::base {

class byte_budget {
 public:
  // A share of at most `free_each` bytes is not counted: it is part of what its owner costs anyway.
  byte_budget(std::uint64_t max, std::uint64_t free_each, gauge& used, counter& refused)
      : max_(max), free_each_(free_each), used_gauge_(used), refused_(refused) {}
  byte_budget(const byte_budget&) = delete;

  std::uint64_t free_each() const noexcept { return free_each_; }
  std::uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

  class share {
   public:
    // nullptr: no limit, every request is granted.
    explicit share(byte_budget* of = nullptr) noexcept : of_(of) {}
    share(share&& other) noexcept : of_(other.of_), counted_(std::exchange(other.counted_, 0)) {}
    share& operator=(share&&) = delete;
    ~share() { release(); }

    // Sets the size of this share to `bytes`. False: the budget has no room, and the share keeps its old size.
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
