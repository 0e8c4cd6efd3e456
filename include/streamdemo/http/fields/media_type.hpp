// The media type of a file, by its name, and whether a browser may show it inline. Pure.
#pragma once
#include <string_view>

namespace streamdemo::http {

struct media_type {
  std::string_view name;
  bool is_media;  // video, audio or an image format that cannot contain scripts; anything else is sent as an attachment
};

// For artifacts: "application/octet-stream" for everything that is not media.
media_type artifact_type(std::string_view file_name) noexcept;

// For the files of the web page.
std::string_view page_type(std::string_view file_name) noexcept;

}  // namespace streamdemo::http
