#include "processor/handlers/video/source.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::processor;

namespace {

using type = media_stream::type;

media_stream picture(int index) {
  media_stream s;
  s.index = index;
  s.what = type::picture;
  s.codec = "h264";
  s.nominal_rate = s.average_rate = {25, 1};
  s.packets = 100;
  s.decoded = 20;
  s.first_frame = 0;
  for (int i = 0; i < 100; ++i) s.packet_times.push_back(i / 25.0);
  return s;
}

media_stream sound(int index) {
  media_stream s;
  s.index = index;
  s.what = type::sound;
  s.codec = "aac";
  s.sample_rate = 44100;
  s.packets = 50;
  s.decoded = 49;
  s.first_frame = 0;
  return s;
}

media of(std::vector<media_stream> streams) {
  media m;
  m.streams = std::move(streams);
  return m;
}

std::string refusal_of(std::vector<media_stream> streams) {
  const auto s = choose_source(of(std::move(streams)), {});
  return s ? "" : s.error().message;
}

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the default tracks are taken, and of pictures one that has frames") {
  auto second = sound(2);
  second.preferred = true;
  auto cover = picture(3);
  cover.cover = cover.preferred = true;
  auto empty = picture(4);
  empty.preferred = true;
  empty.packets = empty.decoded = 0;
  empty.packet_times.clear();
  const auto s = choose_source(of({cover, empty, picture(0), sound(1), second}), {});
  REQUIRE(s.has_value());
  CHECK(s->picture == 0);
  CHECK(s->sound == 2);
  CHECK(s->sample_rate == 44100);
  CHECK(s->rate == rational{25, 1});
  CHECK(s->remarks.empty());
}

TEST_CASE("a sound track that cannot be decoded is passed over, with a remark") {
  auto spatial = sound(1);
  spatial.preferred = true;
  spatial.codec.clear();
  spatial.tag = "apac";
  spatial.decoded = 0;
  auto s = choose_source(of({picture(0), spatial, sound(2)}), {});
  REQUIRE(s.has_value());
  CHECK(s->sound == 2);
  REQUIRE(s->remarks.size() == 1);
  CHECK(s->remarks[0] == "the sound track 1 cannot be decoded here (apac); track 2 is taken instead");
  s = choose_source(of({picture(0), spatial}), {});
  REQUIRE(s.has_value());
  CHECK_FALSE(s->sound);
  CHECK(has(s->remarks.at(0), "the clips have no sound"));
  // One that comes late in the file, so that nothing of it was seen, is believed.
  auto late = sound(1);
  late.packets = late.decoded = 0;
  CHECK(choose_source(of({picture(0), late}), {}).value().sound == 1);
}

TEST_CASE("what cannot be cut is refused with its first cause") {
  CHECK(has(refusal_of({}), "no video track"));
  CHECK(has(refusal_of({sound(0)}), "sound but no picture"));
  auto p = picture(0);
  p.encrypted = true;
  CHECK(has(refusal_of({p, sound(1)}), "encrypted"));
  p = picture(0);
  p.codec.clear();
  p.tag = "xyz1";
  p.decoded = 0;
  CHECK(has(refusal_of({p}), "cannot be read here (xyz1)"));
  p = picture(0);
  p.decoded = 0;
  CHECK(has(refusal_of({p}), "no picture of the video can be decoded (h264)"));
  // A few packets may be too few for a first frame.
  p.packets = 3;
  CHECK(refusal_of({p}) == "");
  p.packets = 0;
  CHECK(has(refusal_of({p}), "holds no picture"));
}

TEST_CASE("interlaced and HDR pictures are known by their marks") {
  auto p = picture(0);
  p.field_order = "tt";
  CHECK(choose_source(of({p}), {}).value().deinterlace);
  p.field_order = "progressive";
  CHECK_FALSE(choose_source(of({p}), {}).value().deinterlace);
  p.interlaced = true;
  p.transfer = "arib-std-b67";
  CHECK(choose_source(of({p}), {}).value().deinterlace);
  CHECK(choose_source(of({p}), {}).value().tone_map);
}

TEST_CASE("sound that begins first makes the first clip longer; unusual sample rates become 48 kHz") {
  auto p = picture(0);
  p.first_frame = 1.5;
  auto a = sound(1);
  a.first_frame = 1.4;
  a.sample_rate = 96000;
  auto s = choose_source(of({p, a}), {}).value();
  CHECK(s.lead() == doctest::Approx(0.1));
  CHECK(s.sample_rate == 48000);
  a.first_frame = 1.48;
  CHECK(choose_source(of({p, a}), {}).value().lead() == 0);
  a.first_frame = 1.6;
  CHECK(choose_source(of({p, a}), {}).value().lead() == 0);
}

TEST_CASE("only what plays everywhere as it is gets copied, and what that means is told") {
  video_request r;
  r.copy = true;
  auto p = picture(0);
  p.pixels = "yuv420p";
  auto a = sound(1);
  a.profile = "LC";
  a.packet_times = {-1024 / 44100.0, 0};
  auto s = choose_source(of({p, a}), r).value();
  CHECK(s.copy);
  CHECK(s.copy_sound);
  CHECK(s.sound_start == doctest::Approx(0));
  CHECK(has(s.remarks.at(0), "key frame"));
  a.profile = "HE-AAC";
  CHECK_FALSE(choose_source(of({p, a}), r).value().copy_sound);
  p.pixels = "yuv420p10le";
  s = choose_source(of({p, a}), r).value();
  CHECK_FALSE(s.copy);
  CHECK(has(s.remarks.at(0), "encoded, not copied"));
  CHECK(choose_source(of({p}), {}).value().remarks.empty());
}

TEST_CASE("a slide that is shown for longer than a clip is shown again in the next") {
  auto p = picture(0);
  p.nominal_rate = p.average_rate = {1, 5};
  p.packet_times = {0, 5, 10, 15, 20};
  video_request r;
  r.clip_seconds = 1;
  CHECK(choose_source(of({p}), r).value().rate.value() >= 1);
  r.clip_seconds = 10;
  CHECK(choose_source(of({p}), r).value().rate.value() == doctest::Approx(0.2));
}

TEST_CASE("a hole behind the first frame is none of the picture's") {
  auto p = picture(0);
  for (std::size_t i = 1; i < p.packet_times.size(); ++i) p.packet_times[i] += 0.04;
  const auto s = choose_source(of({p}), {}).value();
  CHECK(s.rate == rational{25, 1});
  CHECK(s.first_delay == doctest::Approx(0.04));
  CHECK(s.picture_start == doctest::Approx(0.04));
  CHECK(choose_source(of({picture(0)}), {}).value().first_delay == 0);
}
