#include "processor/handlers/video/clip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <streamdemo/base/json.hpp>

namespace streamdemo::processor {

namespace {

template <class T>
bool read(std::string_view text, T& n) {
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  return !text.empty() && ec == std::errc{} && end == text.data() + text.size();
}

// Rounds to microseconds, which ffmpeg counts in; further digits are rounding errors.
double rounded(double seconds) {
  return std::round(seconds * 1e6) / 1e6;
}

}  // namespace

std::optional<clip> parse_clip_line(std::string_view line) {
  const auto first = line.find(',');
  const auto second = line.find(',', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  auto name = line.substr(0, first);
  clip c;
  if (!name.starts_with("pic-") || !name.ends_with(".mp4")) return std::nullopt;
  name = name.substr(4, name.size() - 8);
  if (!read(name, c.index) || !read(line.substr(first + 1, second - first - 1), c.start) ||
      !read(line.substr(second + 1), c.end)) {
    return std::nullopt;
  }
  return c;
}

std::string clip_name(std::string_view run, std::int64_t index) {
  return fmt::format("{}-clip-{:03}.mp4", run, index);
}

std::string clip_json(const clip& c, std::string_view request_id, std::string_view name, std::uint64_t bytes) {
  return fmt::format(R"({{"index":{},"url":{},"start":{},"end":{},"bytes":{},"media_type":"video/mp4"}})", c.index,
                     base::json_string(fmt::format("/api/artifacts/{}/{}", request_id, name)), rounded(c.start),
                     rounded(c.end), bytes);
}

std::optional<clip> parse_clip_json(std::string_view text) {
  boost::json::error_code ec;
  const auto value = boost::json::parse(boost::json::string_view(text.data(), text.size()), ec);
  if (ec || !value.is_object()) return std::nullopt;
  const auto& o = value.get_object();
  const auto* index = o.if_contains("index");
  const auto* start = o.if_contains("start");
  const auto* end = o.if_contains("end");
  if (index == nullptr || !index->is_int64() || start == nullptr || !start->is_number() || end == nullptr ||
      !end->is_number()) {
    return std::nullopt;
  }
  return clip{index->get_int64(), start->to_number<double>(), end->to_number<double>()};
}

std::optional<double> parse_progress_line(std::string_view line) {
  constexpr std::string_view key = "out_time_us=";
  if (!line.starts_with(key)) return std::nullopt;
  std::int64_t us = 0;
  if (!read(line.substr(key.size()), us) || us < 0) return std::nullopt;
  return static_cast<double>(us) / 1e6;
}

std::optional<std::int64_t> parse_frame_line(std::string_view line) {
  constexpr std::string_view key = "frame=";
  if (!line.starts_with(key)) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of(' ', key.size()), line.size()));
  std::int64_t n = 0;
  if (!read(line, n)) return std::nullopt;
  return n;
}

}  // namespace streamdemo::processor
