// A fixed piece of work that is timed between the measurements. If its duration varies, the machine is too noisy to
// compare numbers.
#pragma once
#include <optional>
#include <vector>

namespace streamdemo::compare {

class calibration {
 public:
  static constexpr double noisy_spread = 0.10;

  // Runs the loop a few times (a tenth of a second) and keeps the median. Blocks.
  void look();
  // Pure: records one time.
  void note(double milliseconds) { samples_.push_back(milliseconds); }

  double spread() const;
  bool noisy() const { return spread() > noisy_spread; }
  const std::vector<double>& samples() const { return samples_; }

 private:
  std::vector<double> samples_;  // milliseconds
};

}  // namespace streamdemo::compare
