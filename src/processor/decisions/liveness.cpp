#include "processor/decisions/liveness.hpp"

#include <algorithm>

namespace streamdemo::processor {

namespace {
constexpr std::size_t remembered = 64;
}

void liveness::heard(std::string_view source) {
  if (const auto it = heard_.find(source); it != heard_.end()) {
    it->second = beats_;
    return;
  }
  if (heard_.size() >= remembered) forget_silent();
  heard_.emplace(source, beats_);
}

void liveness::own_alive(base::sys_time log_time) {
  if (last_own_) {
    const auto gap = log_time - *last_own_;
    const bool regular = gap * 2 >= interval_ && gap * 2 <= interval_ * 3;
    if (regular) {
      ++beats_;
    } else {
      unbroken_since_ = beats_;
    }
  }
  last_own_ = log_time;
}

bool liveness::silent(std::string_view source) const {
  const auto it = heard_.find(source);
  const auto since = it == heard_.end() ? unbroken_since_ : std::max(it->second, unbroken_since_);
  return beats_ - since >= beats_of_silence;
}

// Every restart brings a new instance, so old ones must be forgotten. silent() gives the same answer for an instance
// that was forgotten because it is silent.
void liveness::forget_silent() {
  std::erase_if(heard_, [&](const auto& entry) { return beats_ - entry.second >= beats_of_silence; });
}

}  // namespace streamdemo::processor
