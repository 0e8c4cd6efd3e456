// Decides which files a store removes: those older than keep_for, then the oldest until the rest fits. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace streamdemo::artifacts {

struct stored_file {
  std::filesystem::path path;
  std::uint64_t size = 0;
  base::sys_time modified{};
  base::sys_time linked{};  // when it got this name
};

// The oldest of many files, which are seen one after the other. No more than `most` are remembered.
class oldest_files {
 public:
  explicit oldest_files(std::size_t most) : most_(most) {}

  void add(stored_file f);
  std::uint64_t bytes() const noexcept { return bytes_; }        // of all that were added
  std::uint64_t left_out() const noexcept { return left_out_; }  // the bytes of those that are not remembered
  bool left_out_any() const noexcept { return left_out_any_; }
  const std::vector<stored_file>& remembered() const noexcept { return files_; }

 private:
  std::size_t most_;
  std::vector<stored_file> files_;  // a heap, with the newest in front
  std::uint64_t bytes_ = 0;
  std::uint64_t left_out_ = 0;
  bool left_out_any_ = false;
};

struct sweep_plan {
  std::vector<stored_file> expired;   // older than keep_for
  std::vector<stored_file> overflow;  // the oldest beyond max_bytes
};

// `beside`: the bytes of further files, all of them newer than these.
sweep_plan plan_sweep(std::vector<stored_file> files, base::sys_time now, base::milliseconds keep_for,
                      std::uint64_t max_bytes, std::uint64_t beside = 0);

}  // namespace streamdemo::artifacts
