// How long to wait for more of a body. Waiting uses up a time allowance and received bytes refill it in proportion to
// the minimal rate, so that a body which arrives too slowly ends, however steadily it arrives. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <cstdint>

namespace streamdemo::http {

class body_pace {
 public:
  using duration = base::steady_time::duration;

  // `patience`: the full allowance, which is the longest wait without a byte. `bytes_per_second`: the minimal rate; 0:
  // any rate.
  void begin(duration patience, std::uint64_t bytes_per_second) noexcept {
    patience_ = left_ = patience;
    over_ = false;
    bytes_per_second_ = bytes_per_second;
  }
  duration left() const noexcept { return left_; }
  // The allowance was used up; bytes that arrived after that are too late.
  bool over() const noexcept { return over_; }
  void waited(duration d) noexcept {
    over_ = over_ || d >= left_;
    left_ -= std::min(d, left_);
  }
  void received(std::uint64_t bytes) noexcept {
    if (bytes_per_second_ == 0) {
      left_ = patience_;
      return;
    }
    const std::chrono::duration<double> earned(static_cast<double>(bytes) / static_cast<double>(bytes_per_second_));
    left_ = earned < patience_ - left_ ? left_ + std::chrono::duration_cast<duration>(earned) : patience_;
  }

 private:
  duration patience_{};
  duration left_{};
  std::uint64_t bytes_per_second_ = 0;
  bool over_ = false;
};

}  // namespace streamdemo::http
