// What the operating system knows about this process, as Prometheus' standard process_* metrics.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::management {

struct process_numbers {
  double cpu_seconds = 0;  // user and system
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
  double start_time = 0;  // seconds since 1970

  bool operator==(const process_numbers&) const = default;
};

// Pure. `stat`: the text of /proc/<pid>/stat; `boot_time`: seconds since 1970. nullopt: `stat` has another form.
std::optional<process_numbers> parse_process(std::string_view stat, std::uint64_t ticks_per_second,
                                             std::uint64_t page_bytes, std::uint64_t boot_time);

// Pure. "btime" in /proc/stat; 0: it is missing.
std::uint64_t parse_boot_time(std::string_view stat);

// Reads /proc (memory, no disk). nullopt where the system has no /proc.
std::optional<process_numbers> this_process();

// The metrics in the text exposition format, to append to the others.
std::string expose(const process_numbers& n);
std::string expose_ready(bool ready);
std::string expose_open_files(std::uint64_t open, std::uint64_t limit);

}  // namespace streamdemo::management
