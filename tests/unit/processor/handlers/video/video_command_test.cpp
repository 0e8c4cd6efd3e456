#include "processor/handlers/video/video_command.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace streamdemo::processor;

namespace {

using line = std::vector<std::string>;

// The argument behind `name`, if `name` comes before `before`.
std::string value_of(const line& l, const std::string& name, const std::string& before = {}) {
  const auto end = before.empty() ? l.end() : std::find(l.begin(), l.end(), before);
  const auto at = std::find(l.begin(), end, name);
  return at == end || at + 1 == l.end() ? "" : *(at + 1);
}

cut_plan upload() {
  cut_plan p;
  p.ffmpeg = "ffmpeg";
  p.request.sample = false;
  p.from.path = "/in";
  p.from.picture = 1;
  p.from.sound = 2;
  p.from.rate = {25, 1};
  return p;
}

}  // namespace

TEST_CASE("an upload is opened as one local file, behind both white lists") {
  auto p = upload();
  p.from.path = "http://example.org/-dash.mp4";
  for (const auto& l : {cut_command(p), packets_command("ffprobe", p.from.path), frames_command("ffprobe", p.from.path),
                        length_command("ffmpeg", p.from)}) {
    CHECK(value_of(l, "-protocol_whitelist", "-i") == "file,pipe");
    const auto formats = "," + value_of(l, "-format_whitelist", "-i") + ",";
    CHECK(formats.find(",mp4,") != std::string::npos);
    for (const char* bad :
         {"hls", "concat", "concatf", "dash", "image2", "png_pipe", "lavfi", "tty", "sdp", "ffmetadata"}) {
      CHECK(formats.find("," + std::string(bad) + ",") == std::string::npos);
    }
    CHECK(value_of(l, "-i") == "file:http://example.org/-dash.mp4");
  }
}

TEST_CASE("what a source needs is done to its picture, and nothing else") {
  auto p = upload();
  CHECK(value_of(cut_command(p), "-map") == "0:1");
  const auto plain = value_of(cut_command(p), "-vf");
  CHECK(plain.find("bwdif") == std::string::npos);
  CHECK(plain.find("tonemap") == std::string::npos);
  CHECK(plain.find("fps=25/1") != std::string::npos);
  p.from.deinterlace = p.from.tone_map = true;
  const auto both = value_of(cut_command(p), "-vf");
  CHECK(both.starts_with("bwdif=mode=send_frame:deint=interlaced,"));
  CHECK(both.find("tonemap") != std::string::npos);
  p.from.sound.reset();
  CHECK(value_of(cut_command(p), "-f", "pipe:1") == "segment");
  CHECK(value_of(cut_command(p), "-c:a").empty());
}

TEST_CASE("a run that goes on seeks to well before its first frame, and takes the sound from its beginning") {
  auto p = upload();
  CHECK(value_of(cut_command(p), "-ss").empty());
  CHECK(p.sound_origin() == doctest::Approx(-1024.0 / 48000));
  p.from.picture_start = 1.5;
  p.from.sound_start = 1.5;
  p.first_frame = 500;
  p.first_index = 2;
  const auto l = cut_command(p);
  CHECK(value_of(l, "-ss", "-i") == "9.500000");
  CHECK(std::count(l.begin(), l.end(), "file:/in") == 2);
  CHECK(std::find(l.begin(), l.end(), "1:2") != l.end());
  CHECK(value_of(l, "-vf").find("setpts=PTS+(8.000000)/TB,settb=1/25,") != std::string::npos);
  CHECK(value_of(l, "-vf").find(",fps=25/1,trim=start_pts=500") != std::string::npos);
  CHECK(value_of(l, "-segment_start_number") == "2");
  CHECK(value_of(l, "-output_ts_offset") == "-20.000000");
  // 20 s are 937.5 packets.
  CHECK(value_of(l, "-af").find("atrim=start_sample=958464") != std::string::npos);
  CHECK(p.sound_origin() == doctest::Approx(935 * 1024.0 / 48000));
  p.from.path.clear();
  CHECK(value_of(cut_command(p), "-vf").find("trim=start_pts=500") != std::string::npos);
}
