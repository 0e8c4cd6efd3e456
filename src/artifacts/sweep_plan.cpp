#include "artifacts/sweep_plan.hpp"

#include <algorithm>
#include <tuple>

namespace streamdemo::artifacts {

namespace {

// The path breaks ties, so that all processes that share a store choose the same files.
bool is_older(const stored_file& a, const stored_file& b) {
  return std::tie(a.modified, a.path) < std::tie(b.modified, b.path);
}

}  // namespace

void oldest_files::add(stored_file f) {
  bytes_ += f.size;
  files_.push_back(std::move(f));
  std::push_heap(files_.begin(), files_.end(), is_older);
  if (files_.size() <= most_) return;
  std::pop_heap(files_.begin(), files_.end(), is_older);
  left_out_ += files_.back().size;
  left_out_any_ = true;
  files_.pop_back();
}

sweep_plan plan_sweep(std::vector<stored_file> files, base::sys_time now, base::milliseconds keep_for,
                      std::uint64_t max_bytes, std::uint64_t beside) {
  std::sort(files.begin(), files.end(), is_older);
  sweep_plan plan;
  auto bytes_left = beside;
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
