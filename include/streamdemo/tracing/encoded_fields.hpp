// Bytes that are written piece by piece. Room is made for many pieces at once, so that a piece costs no more than being
// written.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

namespace streamdemo::tracing {

class encoded_fields {
 public:
  // Room for `n` more bytes, all of which the caller writes before anything else is done here.
  char* append(std::size_t n) {
    if (n > room_.size() - used_) room_.resize(std::max(used_ + n, 2 * room_.size() + usual_bytes));
    auto* const at = room_.data() + used_;
    used_ += n;
    return at;
  }
  std::string_view view() const noexcept { return {room_.data(), used_}; }

 private:
  static constexpr std::size_t usual_bytes = 640;  // what most spans need

  std::string room_;
  std::size_t used_ = 0;
};

}  // namespace streamdemo::tracing
