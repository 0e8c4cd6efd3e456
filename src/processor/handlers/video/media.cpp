#include "processor/handlers/video/media.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <charconv>

namespace streamdemo::processor {

namespace json = boost::json;
using base::errc;
using base::error;

namespace {

template <class T>
std::optional<T> read(std::string_view text) {
  T n{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

std::string_view text_in(const json::object& o, json::string_view name) {
  const auto* v = o.if_contains(name);
  if (v == nullptr || !v->is_string()) return {};
  return {v->get_string().data(), v->get_string().size()};
}

// ffprobe writes most numbers as strings, and "N/A" or no member for unknown values.
template <class T>
std::optional<T> number_in(const json::object& o, json::string_view name) {
  const auto* v = o.if_contains(name);
  if (v != nullptr && v->is_int64()) return static_cast<T>(v->get_int64());
  return read<T>(text_in(o, name));
}

rational rate_in(const json::object& o, json::string_view name) {
  const auto text = text_in(o, name);
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const auto num = read<std::int64_t>(text.substr(0, slash));
  const auto den = read<std::int64_t>(text.substr(slash + 1));
  return num && den && *den > 0 ? rational{*num, *den} : rational{};
}

const json::array* array_in(const json::object& o, json::string_view name) {
  const auto* v = o.if_contains(name);
  return v != nullptr && v->is_array() ? &v->get_array() : nullptr;
}

bool disposed(const json::object& stream, json::string_view how) {
  const auto* d = stream.if_contains("disposition");
  return d != nullptr && d->is_object() && number_in<int>(d->get_object(), how).value_or(0) != 0;
}

media_stream read_stream(const json::object& o) {
  media_stream s;
  s.index = number_in<int>(o, "index").value_or(0);
  const auto type = text_in(o, "codec_type");
  s.what = type == "video"   ? media_stream::type::picture
           : type == "audio" ? media_stream::type::sound
                             : media_stream::type::other;
  s.codec = text_in(o, "codec_name");
  if (s.codec == "none" || s.codec == "unknown") s.codec.clear();
  s.tag = text_in(o, "codec_tag_string");
  s.cover = disposed(o, "attached_pic") || disposed(o, "timed_thumbnails");
  s.preferred = disposed(o, "default");
  s.nominal_rate = rate_in(o, "r_frame_rate");
  s.average_rate = rate_in(o, "avg_frame_rate");
  s.start = number_in<double>(o, "start_time");
  s.seconds = number_in<double>(o, "duration");
  s.frames = number_in<std::int64_t>(o, "nb_frames");
  s.pixels = text_in(o, "pix_fmt");
  s.transfer = text_in(o, "color_transfer");
  s.field_order = text_in(o, "field_order");
  s.profile = text_in(o, "profile");
  s.sample_rate = number_in<int>(o, "sample_rate").value_or(0);
  return s;
}

media_stream* stream_of(media& m, const json::object& o) {
  const auto index = number_in<int>(o, "stream_index");
  const auto at = std::find_if(m.streams.begin(), m.streams.end(), [&](const auto& s) { return index == s.index; });
  return at == m.streams.end() ? nullptr : &*at;
}

bool encrypted(const json::object& packet) {
  const auto* list = array_in(packet, "side_data_list");
  return list != nullptr && std::any_of(list->begin(), list->end(), [](const auto& d) {
           return d.is_object() && text_in(d.get_object(), "side_data_type") == "Encryption info";
         });
}

void add_packet(media_stream& s, const json::object& o) {
  ++s.packets;
  s.encrypted = s.encrypted || encrypted(o);
  if (const auto shown = number_in<double>(o, "pts_time")) s.packet_times.push_back(*shown);
  if (const auto decoded = number_in<double>(o, "dts_time")) s.decode_times.push_back(*decoded);
}

// MPEG program streams give only the decoding time of some packets. Then use the decoding times of all packets, because
// the two kinds of time must not be mixed.
void settle_times(media_stream& s) {
  if (s.packet_times.size() < s.decode_times.size()) s.packet_times = std::move(s.decode_times);
  s.decode_times.clear();
}

void add_frame(media_stream& s, const json::object& o) {
  ++s.decoded;
  s.interlaced = s.interlaced || number_in<int>(o, "interlaced_frame").value_or(0) != 0;
  if (s.first_frame) return;
  s.first_frame = number_in<double>(o, "best_effort_timestamp_time");
  if (!s.first_frame) s.first_frame = number_in<double>(o, "pts_time");
}

template <class Add>
void add_all(media& m, const json::object& root, json::string_view name, Add add) {
  const auto* list = array_in(root, name);
  if (list == nullptr) return;
  for (const auto& v : *list) {
    if (!v.is_object()) continue;
    if (auto* s = stream_of(m, v.get_object())) add(*s, v.get_object());
  }
}

std::optional<json::object> parsed(std::string_view text) {
  json::error_code ec;
  auto value = json::parse(json::string_view(text.data(), text.size()), ec);
  if (ec || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

}  // namespace

base::result<media> read_media(std::string_view packets, std::string_view frames) {
  const auto head = parsed(packets);
  const auto pictures = parsed(frames);
  if (!head || !pictures) return error{errc::internal, "ffprobe's answer could not be read"};
  media m;
  if (const auto* format = head->if_contains("format"); format != nullptr && format->is_object()) {
    m.format = text_in(format->get_object(), "format_name");
    m.start = number_in<double>(format->get_object(), "start_time").value_or(0);
    m.seconds = number_in<double>(format->get_object(), "duration");
  }
  if (const auto* streams = array_in(*head, "streams")) {
    for (const auto& s : *streams) {
      if (s.is_object()) m.streams.push_back(read_stream(s.get_object()));
    }
  }
  add_all(m, *head, "packets", add_packet);
  std::for_each(m.streams.begin(), m.streams.end(), settle_times);
  add_all(m, *pictures, "frames", add_frame);
  return m;
}

}  // namespace streamdemo::processor
