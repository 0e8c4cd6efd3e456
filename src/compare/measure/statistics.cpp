#include "compare/measure/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace streamdemo::compare {

double percentile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

std::optional<summary> summarize(std::vector<double> samples) {
  if (samples.empty()) return std::nullopt;
  std::sort(samples.begin(), samples.end());
  const double sum = std::accumulate(samples.begin(), samples.end(), 0.0);
  return summary{.count = samples.size(),
                 .min = samples.front(),
                 .p50 = percentile(samples, 0.5),
                 .p90 = percentile(samples, 0.9),
                 .p99 = percentile(samples, 0.99),
                 .max = samples.back(),
                 .mean = sum / static_cast<double>(samples.size())};
}

double median(std::vector<double> samples) {
  const auto s = summarize(std::move(samples));
  return s ? s->p50 : 0;
}

double spread(const std::vector<double>& samples) {
  if (samples.size() < 2) return 0;
  const auto [low, high] = std::minmax_element(samples.begin(), samples.end());
  return *low > 0 ? (*high - *low) / *low : 0;
}

}  // namespace streamdemo::compare
