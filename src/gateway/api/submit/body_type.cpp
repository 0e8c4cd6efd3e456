#include "gateway/api/submit/body_type.hpp"

#include <streamdemo/http/fields/text.hpp>

namespace streamdemo::gateway {

namespace {

bool is_video(std::string_view media) noexcept {
  // urlencoded is what curl says of --data-binary when it is told nothing.
  return media.empty() || (media.size() > 6 && base::same_word(media.substr(0, 6), "video/")) ||
         base::same_word(media, "application/octet-stream") ||
         base::same_word(media, "application/x-www-form-urlencoded");
}

refusal refuse(std::string_view kind, std::string_view media, std::string_view host) {
  const auto url = "http://" + std::string(host) + "/api/" + std::string(kind);
  std::string detail = "a body of type \"" + std::string(media) + "\" is not taken here; ";
  if (kind == video_kind) {
    detail += "send the file itself: curl -X POST -T video.mp4 " + url;
  } else {
    detail += "send JSON: curl -H 'Content-Type: application/json' -d '{}' " + url;
  }
  return {problem::media_type, std::move(detail), {}};
}

}  // namespace

checked<body_type> body_type_of(std::string_view kind, std::string_view content_type, bool empty,
                                std::string_view host) {
  const auto media = http::media_of(content_type);
  if (base::same_word(media, "application/json")) return body_type::json;
  if (kind == video_kind) {
    if (is_video(media)) return body_type::video;
    return refuse(kind, media, host);
  }
  // Nothing at all stands for "no options".
  if (empty && media.empty()) return body_type::json;
  return refuse(kind, media.empty() ? "(none)" : media, host);
}

}  // namespace streamdemo::gateway
