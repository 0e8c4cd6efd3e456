#include "base/json_schema/schema_chains.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace streamdemo::base::schema_detail {

namespace {

// The checker recurses at most this many times for each of the 64 levels of a text, so this bounds its stack.
constexpr int max_chain = 32;

template <class Take>
void each_at_the_same_place(const schema_node& node, Take take) {
  if (node.ref != nullptr) take(*node.ref);
  if (node.negated != nullptr) take(*node.negated);
  for (const auto* list : {&node.all_of, &node.any_of, &node.one_of}) {
    for (const auto* other : *list) take(*other);
  }
}

class chains {
 public:
  // The length of the longest chain that starts at this schema. `depth`: the number of schemas that lead to it.
  int length(const schema_node& node, int depth = 1) {
    const auto [known, is_new] = lengths_.try_emplace(&node, under_way);
    if (!is_new && known->second != under_way) return known->second;
    if (!is_new) {
      complain(node, "leads back to itself without a step into the text, and would never end");
      return 0;
    }
    if (depth > max_chain) {
      too_long(node);
      return 0;
    }
    int longest = 0;
    each_at_the_same_place(node, [&](const schema_node& other) {
      if (wrong_.empty()) longest = std::max(longest, length(other, depth + 1));
    });
    // A node whose length is already known may be reached again by a longer way, so test the sum, not only `depth`.
    if (longest + 1 > max_chain) too_long(node);
    return lengths_[&node] = longest + 1;
  }

  std::string wrong() { return std::move(wrong_); }

 private:
  static constexpr int under_way = 0;

  void too_long(const schema_node& node) {
    complain(node, fmt::format("is one of more than {} schemas that lead to each other in one place", max_chain));
  }

  void complain(const schema_node& node, std::string_view sentence) {
    if (wrong_.empty()) wrong_ = fmt::format("{} {}", node.pointer.empty() ? "the schema" : node.pointer, sentence);
  }

  std::unordered_map<const schema_node*, int> lengths_;
  std::string wrong_;
};

}  // namespace

std::string wrong_chain(const std::deque<schema_node>& nodes) {
  chains all;
  for (const auto& node : nodes) all.length(node);
  return all.wrong();
}

}  // namespace streamdemo::base::schema_detail
