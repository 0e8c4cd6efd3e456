#include <fmt/format.h>
#include <toml++/toml.h>

#include <fstream>
#include <sstream>

#include "config/assignment.hpp"

namespace streamdemo::config {

namespace {

std::string at_line(const std::string& path, const toml::source_region& region) {
  return fmt::format("{}:{}", path, region.begin.line);
}

std::string type_name(const toml::node& node) {
  if (node.is_floating_point()) return "a number with a fraction";
  if (node.is_array()) return "a list of other things than texts";
  return "a date or time";
}

given given_by(const toml::node& node) {
  if (const auto* b = node.as_boolean()) return value{b->get()};
  if (const auto* i = node.as_integer()) return value{i->get()};
  if (const auto* s = node.as_string()) return value{s->get()};
  if (const auto* list = node.as_array()) {
    strings items;
    for (const auto& item : *list) {
      const auto* s = item.as_string();
      if (!s) return foreign{type_name(node)};
      items.push_back(s->get());
    }
    return value{std::move(items)};
  }
  return foreign{type_name(node)};
}

// Nested tables become dotted names, so that sasl.mechanisms in [kafka.properties] needs no quotes.
void collect(const toml::table& table, const std::string& prefix, const std::string& path,
             std::vector<assignment>& out) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    if (const auto* inner = node.as_table()) {
      collect(*inner, key + ".", path, out);
    } else {
      out.push_back({key, given_by(node), at_line(path, node.source())});
    }
  }
}

int line_of(const assignment& a) {
  return std::atoi(a.where.c_str() + a.where.rfind(':') + 1);
}

}  // namespace

std::vector<assignment> read_toml_file(const std::filesystem::path& path, std::vector<problem>& problems) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || std::filesystem::is_directory(path) || !(text << file.rdbuf()).good()) {
    // Copying an empty file fails, too, but an empty file is valid.
    std::error_code ec;
    if (std::filesystem::is_regular_file(path, ec) && std::filesystem::file_size(path, ec) == 0 && file) return {};
    problems.push_back({path.string(), "cannot be read: give --config the path of a readable TOML file"});
    return {};
  }
  std::vector<assignment> out;
  try {
    collect(toml::parse(text.str(), path.string()), "", path.string(), out);
  } catch (const toml::parse_error& e) {
    problems.push_back({at_line(path.string(), e.source()), fmt::format("is no TOML: {}", e.description())});
  }
  std::ranges::stable_sort(out, {}, line_of);
  return out;
}

}  // namespace streamdemo::config
