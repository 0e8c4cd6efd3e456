// Chooses the frame rate of the clips so that every frame of the source appears: the source's rate if it is constant,
// otherwise a suitable one, whatever the file claims. Pure.
#pragma once
#include <optional>
#include <vector>

#include "processor/handlers/video/rational.hpp"

namespace streamdemo::processor {

struct timing {
  rational nominal;
  rational average;
  std::vector<double> times;   // seconds of the first frames, in any order
  std::optional<double> mean;  // the number of all frames divided by the length, if both are known
};

struct frame_rate {
  rational rate;
  bool constant = true;  // false: frames come at any time, and each is shown until the next
};

frame_rate choose_rate(timing t);

}  // namespace streamdemo::processor
