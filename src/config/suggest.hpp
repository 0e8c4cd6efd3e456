// "Did you mean": the known name that is nearest to a wrong one. Pure, thread-safe.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::config {

// Insertions, deletions and replacements of one character each that lead from one text to the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Nothing when no name is near enough to be meant. A name that the wrong one begins, such as one without its unit,
// wins.
std::optional<std::string> nearest(std::string_view wrong, const std::vector<std::string>& known);

}  // namespace streamdemo::config
