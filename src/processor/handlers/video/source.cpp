#include "processor/handlers/video/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "processor/handlers/text.hpp"
#include "processor/handlers/video/frame_rate.hpp"
#include "processor/handlers/video/sound_track.hpp"

namespace streamdemo::processor {

using base::errc;
using base::error;

namespace {

using type = media_stream::type;

// With fewer packets than this, a decoder may not give a frame even for a valid stream.
constexpr int telling_packets = 8;

error refused(std::string why) {
  return {errc::invalid_argument, std::move(why)};
}

std::string name_of(const media_stream& s) {
  if (!s.codec.empty()) return as_utf8(s.codec);
  return s.tag.empty() || s.tag[0] == '[' ? "of an unknown kind" : as_utf8(s.tag);
}

bool decodes(const media_stream& s) {
  return s.decoded > 0 || (!s.codec.empty() && s.packets < telling_packets && !s.encrypted);
}

// The streams of this type, the default ones first.
std::vector<const media_stream*> of_kind(const media& m, type what) {
  std::vector<const media_stream*> all;
  for (const auto& s : m.streams) {
    if (s.what == what && !s.cover) all.push_back(&s);
  }
  std::stable_partition(all.begin(), all.end(), [](const auto* s) { return s->preferred; });
  return all;
}

bool claims_frames(const media_stream& s) {
  return s.frames.value_or(0) > 0 || s.seconds.value_or(0) > 0;
}

base::result<const media_stream*> choose_picture(const media& m) {
  const auto all = of_kind(m, type::picture);
  if (all.empty()) {
    return refused(of_kind(m, type::sound).empty()
                       ? "the upload has no video track, or one that is 0 s long"
                       : "the upload has sound but no picture: send a file with a video track");
  }
  const auto first = [&](auto is) -> const media_stream* {
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto* s) { return is(*s); });
    return at == all.end() ? nullptr : *at;
  };
  if (first([](const auto& s) { return s.encrypted; }) != nullptr) {
    return refused("the video is encrypted (copy protection): send a copy without it");
  }
  if (const auto* s = first([](const auto& p) { return p.decoded > 0; })) return s;
  if (const auto* s = first([](const auto& p) { return p.packets > 0 && p.codec.empty(); })) {
    return refused(
        fmt::format("the picture is coded in a way that cannot be read here ({}): send it as H.264, HEVC, "
                    "VP9 or AV1",
                    name_of(*s)));
  }
  if (const auto* s = first([](const auto& p) { return p.packets >= telling_packets; })) {
    return refused(
        fmt::format("no picture of the video can be decoded ({}): it is cut off or damaged, send the whole "
                    "file",
                    name_of(*s)));
  }
  if (const auto* s = first([](const auto& p) { return (p.packets > 0 || claims_frames(p)) && decodes(p); })) return s;
  return refused("the video holds no picture: it is 0 s long, or cut off before the first one; send the whole file");
}

// The first sound track that can be decoded. A remark names the one that was skipped.
const media_stream* choose_sound(const media& m, std::vector<std::string>& remarks) {
  const auto all = of_kind(m, type::sound);
  const auto at = std::find_if(all.begin(), all.end(), [](const auto* s) { return decodes(*s); });
  if (at == all.begin()) return all.empty() ? nullptr : all.front();
  const auto& passed = *all.front();
  remarks.push_back(fmt::format(
      "the sound track {} {} ({}); {}", passed.index, passed.encrypted ? "is encrypted" : "cannot be decoded here",
      name_of(passed),
      at == all.end() ? "the clips have no sound" : fmt::format("track {} is taken instead", (*at)->index)));
  return at == all.end() ? nullptr : *at;
}

bool is_hdr(const media_stream& s) {
  return s.transfer == "smpte2084" || s.transfer == "arib-std-b67";
}

bool is_interlaced(const media_stream& s) {
  constexpr std::array<std::string_view, 4> orders{"tt", "bb", "tb", "bt"};
  return s.interlaced || std::find(orders.begin(), orders.end(), s.field_order) != orders.end();
}

// Keeps rates that AAC supports and every player can play; others become 48 kHz.
int sample_rate_of(const media_stream& s) {
  constexpr std::array<int, 9> known{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};
  return std::find(known.begin(), known.end(), s.sample_rate) == known.end() ? 48000 : s.sample_rate;
}

frame_rate rate_of(const media_stream& s, double clip_seconds) {
  timing t{s.nominal_rate, s.average_rate, s.packet_times, std::nullopt};
  if (s.frames && s.seconds && *s.frames > 1 && *s.seconds > 0) t.mean = static_cast<double>(*s.frames) / *s.seconds;
  auto chosen = choose_rate(std::move(t));
  // A frame that lasts longer than a clip must be repeated, so that each clip has at least one.
  while (chosen.rate.value() * clip_seconds < 1) chosen.rate.num *= 2;
  return chosen;
}

// With reordered frames, some muxers leave a gap after the first one. It is still shown only once, so the gap shifts
// the start.
double hole_behind_the_first(std::vector<double> times, const frame_rate& r) {
  if (!r.constant || times.size() < 3) return 0;
  std::sort(times.begin(), times.end());
  return std::lround((times[1] - times[0]) * r.rate.value()) == 2 ? 1 / r.rate.value() : 0;
}

// Whether players can show the stream without re-encoding.
bool can_be_copied(const media_stream& s) {
  return s.codec == "h264" && (s.pixels == "yuv420p" || s.pixels == "yuvj420p") && !is_interlaced(s);
}

bool can_be_copied_as_sound(const media_stream& s) {
  return s.codec == "aac" && s.profile == "LC" && !s.packet_times.empty();
}

// Decides what can be copied; remarks tell the user what may be unexpected.
void choose_copy(const media_stream& picture, source& s) {
  s.copy = can_be_copied(picture);
  if (s.copy) {
    s.first_delay = 0;
    s.remarks.push_back(
        "copied without encoding: each clip begins at the first key frame of the source that is not before its time, "
        "so "
        "clips are as long as the distances of those make them; size and preset count for nothing");
  } else {
    s.remarks.push_back(
        fmt::format("the picture ({}) is encoded, not copied: only progressive 8-bit H.264 plays everywhere as it is",
                    name_of(picture)));
  }
}

}  // namespace

double source::lead() const noexcept {
  const auto early = picture_start - sound_start;
  return sound && early * sample_rate > sound_track::packet_samples + 50 ? early : 0;
}

source sample_source(const video_request& r) {
  source s;
  s.sound = 0;
  s.rate = {25, 1};
  s.sample_rate = 44100;
  s.seconds = r.sample_seconds;
  return s;
}

base::result<source> choose_source(const media& m, const video_request& r) {
  const auto picture = choose_picture(m);
  if (!picture) return picture.error();
  const auto& p = **picture;
  source s;
  s.picture = p.index;
  const auto rate = rate_of(p, r.clip_seconds);
  s.rate = rate.rate;
  s.deinterlace = is_interlaced(p);
  s.tone_map = is_hdr(p);
  s.first_delay = hole_behind_the_first(p.packet_times, rate);
  if (r.copy) choose_copy(p, s);
  s.file_start = m.start;
  s.picture_start = p.first_frame.value_or(p.start.value_or(0)) + s.first_delay;
  s.seconds = p.seconds ? p.seconds : m.seconds;
  if (s.seconds && *s.seconds <= 0) s.seconds.reset();
  if (const auto* sound = choose_sound(m, s.remarks)) {
    s.sound = sound->index;
    s.sample_rate = sample_rate_of(*sound);
    s.sound_start = sound->first_frame.value_or(sound->start.value_or(0));
    s.copy_sound = s.copy && can_be_copied_as_sound(*sound);
    // The first packet is not heard, as with encoded sound, so the sound starts one packet later.
    if (s.copy_sound) {
      s.sample_rate = sound->sample_rate;
      s.sound_start = sound->packet_times.front() + static_cast<double>(sound_track::packet_samples) / s.sample_rate;
    }
  }
  return s;
}

}  // namespace streamdemo::processor
