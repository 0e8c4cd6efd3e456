#include "processor/decisions/alone_turn.hpp"

namespace streamdemo::processor {

void alone_turn::comes(start_line::place p) {
  if (waits_ || pausing_) return aside_.push_back(std::move(p));
  waits_ = std::move(p);
  since_.reset();
}

void alone_turn::tick(base::steady_time now) {
  if (!waits_ && !pausing_) return;
  if (!since_) since_ = now;
  if (pausing_) {
    if (now - *since_ >= pauses_per_wait * longest_) pausing_ = false;
  } else if (now - *since_ >= longest_) {
    aside_.push_front(take());
    pausing_ = true;
    since_ = now;
  }
}

}  // namespace streamdemo::processor
