// Limits how many runs a process has at once. The last allowed run of a task must be alone: it waits until nothing else
// runs here, and nothing else starts beside it, so that a task that kills its process destroys no other run. Pure; used
// by decisions; one thread.
#pragma once
#include <cstdint>

namespace streamdemo::processor {

class slots {
 public:
  explicit slots(std::uint32_t concurrency) : concurrency_(concurrency) {}

  bool free(bool alone) const noexcept { return !taken_alone_ && (alone ? taken_ == 0 : taken_ < concurrency_); }
  void take(bool alone) noexcept {
    ++taken_;
    taken_alone_ = alone;
  }
  void give_back() noexcept {
    --taken_;
    taken_alone_ = false;
  }
  std::uint32_t taken() const noexcept { return taken_; }
  // How many tasks could begin now, if none of them must be alone.
  std::uint32_t free_slots() const noexcept { return taken_alone_ ? 0 : concurrency_ - taken_; }

 private:
  std::uint32_t concurrency_;
  std::uint32_t taken_ = 0;
  bool taken_alone_ = false;
};

}  // namespace streamdemo::processor
