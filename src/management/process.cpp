#include "management/process.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <vector>

namespace streamdemo::management {

namespace {

std::string read_whole(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t n = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

}  // namespace

std::optional<process_numbers> parse_process(std::string_view stat, std::uint64_t ticks_per_second,
                                             std::uint64_t page_bytes, std::uint64_t boot_time) {
  // The second field is the program's name in parentheses, and may itself contain parentheses and spaces.
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || ticks_per_second == 0) return std::nullopt;
  auto rest = stat.substr(name_end + 1);
  std::vector<std::string_view> words;
  while (!rest.empty()) {
    const auto start = rest.find_first_not_of(" \n");
    if (start == std::string_view::npos) break;
    rest.remove_prefix(start);
    words.push_back(rest.substr(0, rest.find_first_of(" \n")));
    rest.remove_prefix(words.back().size());
  }
  // Fields are numbered as in proc(5), where the first one after the name is number 3.
  const auto at = [&](std::size_t n) { return n - 3 < words.size() ? number(words[n - 3]) : std::nullopt; };
  const auto user = at(14);
  const auto system = at(15);
  const auto threads = at(20);
  const auto start = at(22);
  const auto virtual_bytes = at(23);
  const auto pages = at(24);
  if (!user || !system || !threads || !start || !virtual_bytes || !pages) return std::nullopt;
  process_numbers out;
  const auto ticks = static_cast<double>(ticks_per_second);
  out.cpu_seconds = static_cast<double>(*user + *system) / ticks;
  out.resident_bytes = *pages * page_bytes;
  out.virtual_bytes = *virtual_bytes;
  out.threads = *threads;
  out.start_time = static_cast<double>(boot_time) + static_cast<double>(*start) / ticks;
  return out;
}

std::uint64_t parse_boot_time(std::string_view stat) {
  constexpr std::string_view key = "\nbtime ";
  const auto at = stat.find(key);
  if (at == std::string_view::npos) return 0;
  const auto rest = stat.substr(at + key.size());
  return number(rest.substr(0, rest.find('\n'))).value_or(0);
}

std::optional<process_numbers> this_process() {
  const auto ticks = ::sysconf(_SC_CLK_TCK);
  const auto page = ::sysconf(_SC_PAGESIZE);
  if (ticks <= 0 || page <= 0) return std::nullopt;
  return parse_process(read_whole("/proc/self/stat"), static_cast<std::uint64_t>(ticks),
                       static_cast<std::uint64_t>(page), parse_boot_time(read_whole("/proc/stat")));
}

std::string expose(const process_numbers& n) {
  return fmt::format(
      "# HELP process_cpu_seconds_total User and system time spent\n"
      "# TYPE process_cpu_seconds_total counter\n"
      "process_cpu_seconds_total {:.2f}\n"
      "# HELP process_resident_memory_bytes Memory held\n"
      "# TYPE process_resident_memory_bytes gauge\n"
      "process_resident_memory_bytes {}\n"
      "# HELP process_virtual_memory_bytes Address space in use\n"
      "# TYPE process_virtual_memory_bytes gauge\n"
      "process_virtual_memory_bytes {}\n"
      "# HELP process_threads Threads\n"
      "# TYPE process_threads gauge\n"
      "process_threads {}\n"
      "# HELP process_start_time_seconds When it started, since 1970\n"
      "# TYPE process_start_time_seconds gauge\n"
      "process_start_time_seconds {:.2f}\n",
      n.cpu_seconds, n.resident_bytes, n.virtual_bytes, n.threads, n.start_time);
}

std::string expose_ready(bool ready) {
  return fmt::format(
      "# HELP streamdemo_ready 1 while /readyz answers 200, 0 while it answers 503 and says why\n"
      "# TYPE streamdemo_ready gauge\n"
      "streamdemo_ready {}\n",
      ready ? 1 : 0);
}

std::string expose_open_files(std::uint64_t open, std::uint64_t limit) {
  return fmt::format(
      "# HELP process_open_fds Files, sockets and pipes open\n"
      "# TYPE process_open_fds gauge\n"
      "process_open_fds {}\n"
      "# HELP process_max_fds How many may be open\n"
      "# TYPE process_max_fds gauge\n"
      "process_max_fds {}\n",
      open, limit);
}

}  // namespace streamdemo::management
