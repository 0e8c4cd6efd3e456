#include "processor/decisions/payload_waits.hpp"

namespace streamdemo::processor {

std::vector<start_line::place> payload_waits::tick(base::steady_time now) {
  std::vector<start_line::place> over;
  std::erase_if(kept_, [&](wait& w) {
    if (!w.since) w.since = now;
    if (now - *w.since < longest) return false;
    over.push_back(w.place);
    stalled_[w.place.partition].push_back(std::move(w.place));
    return true;
  });
  return over;
}

}  // namespace streamdemo::processor
