#include "gateway/api/submit/body_type.hpp"

#include <algorithm>
#include <streamdemo/http/fields/text.hpp>

namespace streamdemo::gateway {

namespace {

// "*/*" covers everything, "text/*" every text, "text/csv" itself.
bool covers(std::string_view range, std::string_view media) noexcept {
  if (range == "*/*") return true;
  if (!range.ends_with("/*")) return base::same_word(range, media);
  range.remove_suffix(1);
  return media.size() > range.size() && base::same_word(media.substr(0, range.size()), range);
}

bool is_file(const upload_input& upload, std::string_view media) noexcept {
  // curl --data-binary sends urlencoded as the type unless it is given one.
  return media.empty() || base::same_word(media, "application/octet-stream") ||
         base::same_word(media, "application/x-www-form-urlencoded") ||
         std::ranges::any_of(upload.media_types, [&](const auto& range) { return covers(range, media); });
}

refusal refuse(const kind_info& kind, std::string_view media, std::string_view host) {
  const auto url = "http://" + std::string(host) + "/api/" + kind.name;
  std::string detail = "a body of type \"" + std::string(media) + "\" is not taken here; ";
  if (kind.upload) {
    detail += "send the file itself: curl -X POST -T your-file " + url;
  } else {
    detail += "send JSON: curl -H 'Content-Type: application/json' -d '{}' " + url;
  }
  return {problem::media_type, std::move(detail), {}};
}

}  // namespace

checked<body_type> body_type_of(const kind_info& kind, std::string_view content_type, bool empty,
                                std::string_view host) {
  const auto media = http::media_of(content_type);
  if (base::same_word(media, "application/json")) return body_type::json;
  if (kind.upload) {
    if (is_file(*kind.upload, media)) return body_type::upload;
    return refuse(kind, media, host);
  }
  // Neither a body nor a type means "no options".
  if (empty && media.empty()) return body_type::json;
  return refuse(kind, media.empty() ? "(none)" : media, host);
}

}  // namespace streamdemo::gateway
