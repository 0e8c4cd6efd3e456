// Why a processor takes no tasks. The processor's loop sets it, and other threads read it. Thread-safe.
#pragma once
#include <mutex>
#include <optional>
#include <string>

namespace streamdemo::processor {

class readiness {
 public:
  // It takes tasks from now on.
  void begin() {
    const std::lock_guard lock(mutex_);
    over_.reset();
  }
  // It takes no more tasks, permanently. Of several reasons the first one is shown.
  void end(std::string why) {
    const std::lock_guard lock(mutex_);
    if (!over_) over_ = std::move(why);
  }
  // Sets an obstacle that may disappear; nullopt: there is none.
  void hinder(std::optional<std::string> what) {
    const std::lock_guard lock(mutex_);
    hindered_ = std::move(what);
  }
  std::optional<std::string> get() const {
    const std::lock_guard lock(mutex_);
    return over_ ? over_ : hindered_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> over_ = "the processor has not joined the bus";
  std::optional<std::string> hindered_;
};

}  // namespace streamdemo::processor
