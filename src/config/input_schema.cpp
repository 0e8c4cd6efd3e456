#include <streamdemo/config/input_schema.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/limits.hpp"

namespace streamdemo::config {

namespace {

base::result<std::string> content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file && !std::filesystem::is_directory(path) && text << file.rdbuf()) return std::move(text).str();
  return base::error{base::errc::invalid_argument,
                     fmt::format("is \"{}\", which cannot be read: give a JSON Schema, which begins with a brace, or "
                                 "the path of a readable file with one",
                                 path.string())};
}

}  // namespace

base::result<base::json_schema> read_input_schema(std::string_view setting) {
  const auto begin = setting.find_first_not_of(" \t\r\n");
  if (begin != setting.npos && setting[begin] == '{') {
    auto schema = base::json_schema::parse(setting);
    if (schema) return schema;
    return base::error{schema.error().code,
                       fmt::format("is no schema that can be checked: {}", schema.error().message)};
  }
  const auto text = content_of(setting);
  if (!text) return text.error();
  auto schema = base::json_schema::parse(*text);
  if (schema) return schema;
  return base::error{schema.error().code,
                     fmt::format("is no schema that can be checked: {}: {}", setting, schema.error().message)};
}

std::string wrong_input_schema(std::string_view text) {
  if (text.empty()) return {};
  const auto schema = read_input_schema(text);
  return schema ? std::string{} : schema.error().message;
}

}  // namespace streamdemo::config
