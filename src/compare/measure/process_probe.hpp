// What the operating system knows about a process: CPU time and memory, from /proc.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace streamdemo::compare {

// Nanoseconds its threads have run, user and kernel, with those of its child processes. Nothing: /proc does not say.
std::optional<std::uint64_t> cpu_ns(pid_t pid);

// Bytes of anonymous memory that are resident: heap, stacks, mapped blocks; no files and no kernel memory.
std::optional<std::uint64_t> anonymous_bytes(pid_t pid);

// User and kernel time of this process, in nanoseconds.
std::uint64_t own_cpu_ns();

// Pure: the first word of a schedstat file, and a line of smaps_rollup in bytes.
std::optional<std::uint64_t> parse_schedstat(std::string_view text);
std::optional<std::uint64_t> parse_rollup(std::string_view text, std::string_view name);

}  // namespace streamdemo::compare
