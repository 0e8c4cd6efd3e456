// JSON without a tree in memory: validation in one pass, and writing texts as JSON strings. Thread-safe.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::base {

// True for exactly one value as of RFC 8259, valid UTF-8, nested at most 64 deep.
bool is_json(std::string_view text);

bool is_utf8(std::string_view text) noexcept;

// Appends `text` (valid UTF-8) as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);
// What the JSON value `text`, which must be valid JSON, stands for, its escapes resolved; nullopt: it is no string.
std::optional<std::string> text_of_json_string(std::string_view text);
// A JSON array of these strings.
std::string json_strings(const std::vector<std::string>& texts);

// RFC 4648 section 4, padded.
std::string base64(std::string_view bytes);

}  // namespace streamdemo::base
