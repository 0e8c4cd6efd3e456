#include "gateway/access/strict_json.hpp"

#include <streamdemo/base/json_tree.hpp>

namespace streamdemo::gateway {

std::optional<boost::json::object> parse_strict_object(std::string_view text) {
  constexpr std::size_t max_depth = 16;
  auto tree = base::parse_json_tree(text, max_depth);
  if (tree.has_error() || !tree->is_object()) return std::nullopt;
  return std::move(tree->get_object());
}

}  // namespace streamdemo::gateway
