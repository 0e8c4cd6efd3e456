// "Did you mean": finds the known name that is most similar to a wrong one. Pure, thread-safe.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::config {

// The number of insertions, deletions and replacements of one character that turn one text into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// nullopt: no name is similar enough. A name that begins with the wrong one, such as one whose unit was forgotten, is
// preferred.
std::optional<std::string> nearest(std::string_view wrong, const std::vector<std::string>& known);

}  // namespace streamdemo::config
