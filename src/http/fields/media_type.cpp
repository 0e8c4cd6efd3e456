#include <streamdemo/http/fields/media_type.hpp>

#include <array>

#include <streamdemo/http/fields/text.hpp>

namespace streamdemo::http {

namespace {

struct row {
  std::string_view extension;
  std::string_view type;
};

constexpr std::array media{row{"mp4", "video/mp4"},       row{"m4v", "video/mp4"},        row{"webm", "video/webm"},
                           row{"mov", "video/quicktime"}, row{"mkv", "video/x-matroska"}, row{"ts", "video/mp2t"},
                           row{"m4a", "audio/mp4"},       row{"mp3", "audio/mpeg"},       row{"ogg", "audio/ogg"},
                           row{"wav", "audio/wav"},       row{"png", "image/png"},        row{"jpg", "image/jpeg"},
                           row{"jpeg", "image/jpeg"},     row{"webp", "image/webp"}};

constexpr std::array page_types{row{"html", "text/html; charset=utf-8"},
                                row{"js", "text/javascript; charset=utf-8"},
                                row{"css", "text/css; charset=utf-8"},
                                row{"svg", "image/svg+xml"},
                                row{"json", "application/json"},
                                row{"webmanifest", "application/manifest+json"},
                                row{"png", "image/png"},
                                row{"ico", "image/x-icon"}};

template <std::size_t N>
std::string_view find(const std::array<row, N>& rows, std::string_view name) noexcept {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  for (const auto& r : rows) {
    if (same_word(r.extension, name.substr(dot + 1))) return r.type;
  }
  return {};
}

constexpr std::string_view any_bytes = "application/octet-stream";

}  // namespace

media_type artifact_type(std::string_view file_name) noexcept {
  const auto type = find(media, file_name);
  return type.empty() ? media_type{any_bytes, false} : media_type{type, true};
}

std::string_view page_type(std::string_view file_name) noexcept {
  const auto type = find(page_types, file_name);
  return type.empty() ? any_bytes : type;
}

}  // namespace streamdemo::http
