// CPU time and memory of a process, from /proc.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace streamdemo::compare {

// The CPU time of its threads, user and kernel, in nanoseconds, child processes included. nullopt: /proc does not tell.
std::optional<std::uint64_t> cpu_ns(pid_t pid);

// Resident anonymous memory in bytes: heap, stacks and anonymous mappings, without files and kernel memory.
std::optional<std::uint64_t> anonymous_bytes(pid_t pid);

// User and kernel time of this process, in nanoseconds.
std::uint64_t own_cpu_ns();

// Pure: read the first word of a schedstat file, and a line of smaps_rollup in bytes.
std::optional<std::uint64_t> parse_schedstat(std::string_view text);
std::optional<std::uint64_t> parse_rollup(std::string_view text, std::string_view name);

}  // namespace streamdemo::compare
