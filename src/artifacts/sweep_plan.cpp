#include "artifacts/sweep_plan.hpp"

#include <algorithm>
#include <tuple>

namespace streamdemo::artifacts {

sweep_plan plan_sweep(std::vector<stored_file> files, base::sys_time now, base::milliseconds keep_for,
                      std::uint64_t max_bytes) {
  // The path breaks ties, so that all processes that share a directory choose the same files.
  std::sort(files.begin(), files.end(), [](const stored_file& a, const stored_file& b) {
    return std::tie(a.modified, a.path) < std::tie(b.modified, b.path);
  });
  sweep_plan plan;
  std::uint64_t bytes_left = 0;
  for (const auto& f : files) bytes_left += f.size;
  for (auto& f : files) {
    const bool expired = now - f.modified > keep_for;
    if (!expired && bytes_left <= max_bytes) break;
    bytes_left -= f.size;
    (expired ? plan.expired : plan.overflow).push_back(std::move(f));
  }
  return plan;
}

}  // namespace streamdemo::artifacts
