// At which rate a picture is shown anew, so that every frame of the source is there once: its own where it is constant,
// a sensible one where it is not, whatever the file claims. Pure.
#pragma once
#include <optional>
#include <vector>

#include "processor/handlers/video/rational.hpp"

namespace streamdemo::processor {

struct timing {
  rational nominal;
  rational average;
  std::vector<double> times;   // of the first frames, in any order
  std::optional<double> mean;  // frames of the whole by its length, where both are known
};

struct frame_rate {
  rational rate;
  bool constant = true;  // false: frames come at any time, and are held until the next
};

frame_rate choose_rate(timing t);

}  // namespace streamdemo::processor
