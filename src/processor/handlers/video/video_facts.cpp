#include "processor/handlers/video/video_facts.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <charconv>

namespace streamdemo::processor {

namespace json = boost::json;
using base::errc;
using base::error;

namespace {

// ffprobe writes numbers as texts, and "N/A" or nothing for what it does not know.
std::optional<double> seconds_in(const json::object& o) {
  const auto* v = o.if_contains("duration");
  if (v == nullptr || !v->is_string()) return std::nullopt;
  const auto& text = v->get_string();
  double n = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

bool is(const json::object& stream, json::string_view type) {
  const auto* v = stream.if_contains("codec_type");
  return v != nullptr && v->is_string() && v->get_string() == type;
}

// The picture of a record's cover stands in a stream of its own.
bool is_cover(const json::object& stream) {
  const auto* disposition = stream.if_contains("disposition");
  if (disposition == nullptr || !disposition->is_object()) return false;
  const auto* attached = disposition->get_object().if_contains("attached_pic");
  return attached != nullptr && attached->is_int64() && attached->get_int64() != 0;
}

const json::object* first_picture(const json::array& streams, bool& sound) {
  for (const auto& s : streams) {
    if (!s.is_object()) continue;
    sound = sound || is(s.get_object(), "audio");
    if (is(s.get_object(), "video") && !is_cover(s.get_object())) return &s.get_object();
  }
  return nullptr;
}

}  // namespace

base::result<video_facts> read_video_facts(std::string_view text) {
  json::error_code ec;
  const auto value = json::parse(json::string_view(text.data(), text.size()), ec);
  if (ec || !value.is_object()) return error{errc::internal, "ffprobe's answer could not be read"};
  const auto& root = value.get_object();
  const auto* streams = root.if_contains("streams");
  bool sound = false;
  const auto* picture =
      streams != nullptr && streams->is_array() ? first_picture(streams->get_array(), sound) : nullptr;
  if (picture == nullptr) {
    return error{errc::invalid_argument, sound ? "the upload has sound but no picture: send a file with a video track"
                                               : "the upload has no video track, or one that is 0 s long"};
  }
  video_facts facts{seconds_in(*picture)};
  if (!facts.seconds) {
    const auto* format = root.if_contains("format");
    if (format != nullptr && format->is_object()) facts.seconds = seconds_in(format->get_object());
  }
  if (facts.seconds && *facts.seconds <= 0) return error{errc::invalid_argument, "the video is 0 s long"};
  return facts;
}

}  // namespace streamdemo::processor
