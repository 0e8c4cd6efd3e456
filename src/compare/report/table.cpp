#include "compare/report/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace streamdemo::compare {

namespace {

// In characters, not bytes, because the texts contain characters such as µ.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t to, bool left) {
  const std::string gap(to - std::min(to, width(text)), ' ');
  return left ? text + gap : gap + text;
}

}  // namespace

std::string table::text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string out;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line;
    for (std::size_t i = 0; i < rows_[r].size(); ++i) {
      line += (i == 0 ? "  " : "   ") + padded(rows_[r][i], widths[i], i == 0);
    }
    while (line.ends_with(' ')) line.pop_back();
    out += line + "\n";
    if (r > 0) continue;
    std::string rule;
    for (std::size_t i = 0; i < widths.size(); ++i) rule += (i == 0 ? "  " : "   ") + std::string(widths[i], '-');
    out += rule + "\n";
  }
  return out;
}

std::string cell(const std::optional<double>& value) {
  return value ? number(*value) : not_measured;
}

std::string count(std::uint64_t n) {
  auto digits = fmt::to_string(n);
  for (auto at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), " ");
  return digits;
}

std::string number(double value) {
  const double size = std::fabs(value);
  if (size >= 100) return (value < 0 ? "-" : "") + count(static_cast<std::uint64_t>(std::llround(size)));
  if (size >= 10) return fmt::format("{:.1f}", value);
  if (size >= 1) return fmt::format("{:.2f}", value);
  return fmt::format("{:.3f}", value);
}

}  // namespace streamdemo::compare
