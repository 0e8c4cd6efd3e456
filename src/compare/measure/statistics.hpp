// Statistics of samples. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

namespace streamdemo::compare {

// The smallest sample that at least `share` (0 … 1) of all samples do not exceed. `sorted` must not be empty.
double percentile(const std::vector<double>& sorted, double share);

struct summary {
  std::size_t count = 0;
  double min = 0, p50 = 0, p90 = 0, p99 = 0, max = 0, mean = 0;
};
// nullopt: there are no samples.
std::optional<summary> summarize(std::vector<double> samples);

double median(std::vector<double> samples);

// (largest - smallest) / smallest; 0 for fewer than two samples.
double spread(const std::vector<double>& samples);

}  // namespace streamdemo::compare
