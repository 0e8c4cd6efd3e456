// JSON without building a tree: validation in one pass, and text written as a JSON string. Thread-safe.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::base {

// RFC 8259: exactly one value, valid UTF-8, at most 64 deep. No DOM is built.
bool is_json(std::string_view text);

bool is_utf8(std::string_view text) noexcept;

// Appends `text` (valid UTF-8) as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);
std::string json_string(std::string_view text);
// The same of several, as a JSON array.
std::string json_strings(const std::vector<std::string>& texts);

// RFC 4648 section 4, padded.
std::string base64(std::string_view bytes);

}  // namespace streamdemo::base
