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

struct sweep_plan {
  std::vector<stored_file> expired;   // older than keep_for
  std::vector<stored_file> overflow;  // the oldest beyond max_bytes
};

sweep_plan plan_sweep(std::vector<stored_file> files, base::sys_time now, base::milliseconds keep_for,
                      std::uint64_t max_bytes);

}  // namespace streamdemo::artifacts
