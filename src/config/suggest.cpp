#include "config/suggest.hpp"

#include <algorithm>
#include <numeric>

namespace streamdemo::config {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

std::optional<std::string> nearest(std::string_view wrong, const std::vector<std::string>& known) {
  for (const auto& name : known) {
    if (name.size() > wrong.size() && name.starts_with(std::string(wrong) + "_")) return name;
  }
  std::optional<std::string> best;
  std::size_t least = std::max<std::size_t>(2, wrong.size() / 4) + 1;
  for (const auto& name : known) {
    if (const auto distance = edit_distance(wrong, name); distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

}  // namespace streamdemo::config
