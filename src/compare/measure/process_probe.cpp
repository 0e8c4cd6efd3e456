#include "compare/measure/process_probe.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace streamdemo::compare {

namespace {

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::optional<std::uint64_t> leading_number(std::string_view text) {
  std::uint64_t n = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  return ec == std::errc{} && end != text.data() ? std::optional(n) : std::nullopt;
}

std::uint64_t nanoseconds(const timeval& t) {
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_usec) * 1000;
}

}  // namespace

std::optional<std::uint64_t> parse_schedstat(std::string_view text) {
  return leading_number(text);
}

std::optional<std::uint64_t> parse_rollup(std::string_view text, std::string_view name) {
  const auto key = fmt::format("\n{}:", name);
  const auto at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const auto digits = text.find_first_not_of(' ', at + key.size());
  if (digits == std::string_view::npos) return std::nullopt;
  const auto kilobytes = leading_number(text.substr(digits));
  return kilobytes ? std::optional(*kilobytes * 1024) : std::nullopt;
}

std::optional<std::uint64_t> cpu_ns(pid_t pid) {
  std::error_code ec;
  std::uint64_t sum = 0;
  bool any = false;
  for (const auto& thread : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), ec)) {
    // A thread may end while it is read.
    if (const auto ns = parse_schedstat(read_whole(thread.path() / "schedstat"))) {
      sum += *ns;
      any = true;
    }
    auto children = read_whole(thread.path() / "children");
    for (std::string_view rest = children; !rest.empty();) {
      if (const auto child = leading_number(rest)) sum += cpu_ns(static_cast<pid_t>(*child)).value_or(0);
      const auto space = rest.find(' ');
      rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
    }
  }
  return any ? std::optional(sum) : std::nullopt;
}

std::optional<std::uint64_t> anonymous_bytes(pid_t pid) {
  return parse_rollup(read_whole(fmt::format("/proc/{}/smaps_rollup", pid)), "Anonymous");
}

std::uint64_t own_cpu_ns() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime);
}

}  // namespace streamdemo::compare
