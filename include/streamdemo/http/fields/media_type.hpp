// The media type of a file by its name, and whether a browser may show it in place. Pure.
#pragma once
#include <string_view>

namespace streamdemo::http {

struct media_type {
  std::string_view name;
  bool is_media;  // video, sound or a picture that cannot run anything; all else is an attachment
};

// For artifacts: "application/octet-stream" for what is not media.
media_type artifact_type(std::string_view file_name) noexcept;

// For the page's own files.
std::string_view page_type(std::string_view file_name) noexcept;

}  // namespace streamdemo::http
