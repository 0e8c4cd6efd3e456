#include "processor/handlers/video/video_request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "processor/handlers/members.hpp"

namespace streamdemo::processor {

using base::errc;
using base::error;
using base::result;

namespace {

std::optional<int> number(std::string_view digits) {
  // A leading zero, as in "0640", is not allowed.
  if (digits.starts_with('0')) return std::nullopt;
  int n = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (ec != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return n;
}

result<void> read_size(std::string_view text, video_request& r) {
  if (text.ends_with('p')) {
    const auto height = number(text.substr(0, text.size() - 1));
    if (height && std::ranges::find(r.heights, *height) != r.heights.end()) {
      r.height = *height;
      return {};
    }
  } else if (const auto x = text.find('x'); x != std::string_view::npos) {
    const auto width = number(text.substr(0, x));
    const auto height = number(text.substr(x + 1));
    const auto good = [](std::optional<int> side, int most) {
      return side && *side >= video_request::min_side && *side <= most && *side % 2 == 0;
    };
    if (good(width, r.max_width) && good(height, r.max_height)) {
      r.width = *width;
      r.height = *height;
      return {};
    }
  }
  return error{errc::invalid_argument,
               fmt::format("size must be one of {}p, or like \"640x360\": two even numbers of at least {} and at most "
                           "{}x{}",
                           fmt::join(r.heights, "p, "), r.min_side, r.max_width, r.max_height)};
}

result<void> read_source(const boost::json::object& o, video_request& r) {
  const auto source = text_member(o, "source", "");
  if (!source) return source.error();
  if (*source != "sample" && *source != "upload") {
    return error{errc::invalid_argument, "source must be \"sample\" or \"upload\"; paths and addresses are not taken"};
  }
  r.sample = *source == "sample";
  if (r.sample) return {};
  const auto upload = text_member(o, "upload", "");
  if (!upload) return upload.error();
  r.upload = *upload;
  if (r.upload.empty()) return error{errc::invalid_argument, "upload must name the uploaded file"};
  return {};
}

}  // namespace

result<video_request> parse_video_request(std::string_view payload, std::uint32_t max_sample_seconds) {
  const auto object = parse_object(payload);
  if (!object) return object.error();
  video_request r;
  if (auto source = read_source(*object, r); !source) return std::move(source).error();
  const auto clip = number_member(*object, "clip_seconds", r.clip_seconds, r.min_clip_seconds, r.max_clip_seconds);
  if (!clip) return clip.error();
  r.clip_seconds = *clip;
  const auto most = std::max<double>(max_sample_seconds, 1);
  const auto sample = number_member(*object, "sample_seconds", std::min(r.sample_seconds, most), 1, most);
  if (!sample) return sample.error();
  r.sample_seconds = *sample;
  const auto size = text_member(*object, "size", "360p");
  if (!size) return size.error();
  if (auto read = read_size(*size, r); !read) return std::move(read).error();
  const auto preset = text_member(*object, "preset", r.preset);
  if (!preset) return preset.error();
  if (std::ranges::find(r.presets, *preset) == r.presets.end()) {
    return error{errc::invalid_argument, fmt::format("preset must be one of {}", fmt::join(r.presets, ", "))};
  }
  r.preset = *preset;
  const auto copy = truth_member(*object, "copy", false);
  if (!copy) return copy.error();
  r.copy = *copy && !r.sample;
  return r;
}

}  // namespace streamdemo::processor
