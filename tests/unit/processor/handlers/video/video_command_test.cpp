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

}  // namespace

TEST_CASE("an upload is opened as one local file, behind both white lists") {
  cut_plan p;
  p.ffmpeg = "ffmpeg";
  p.request.sample = false;
  p.path = "http://example.org/-dash.mp4";
  for (const auto& l : {cut_command(p), probe_command("ffprobe", p.path)}) {
    CHECK(value_of(l, "-protocol_whitelist", "-i") == "file,pipe");
    const auto formats = "," + value_of(l, "-format_whitelist", "-i") + ",";
    CHECK(formats.find(",mp4,") != std::string::npos);
    for (const char* bad :
         {"hls", "concat", "concatf", "dash", "image2", "png_pipe", "lavfi", "tty", "sdp", "ffmetadata"}) {
      CHECK(formats.find("," + std::string(bad) + ",") == std::string::npos);
    }
    CHECK(value_of(l, "-i") == "file:http://example.org/-dash.mp4");
  }
  CHECK(value_of(cut_command(p), "-ss").empty());
}

TEST_CASE("a run that goes on seeks to just before its first frame and counts on") {
  cut_plan p;
  p.request.sample = false;
  p.start_seconds = 20.02;
  p.first_index = 2;
  const auto l = cut_command(p);
  CHECK(value_of(l, "-ss", "-i") == "20.019000");
  CHECK(value_of(l, "-segment_start_number") == "2");
  p.request.sample = true;
  const auto sample = cut_command(p);
  CHECK(value_of(sample, "-i").find("trim=start=20.019") != std::string::npos);
}
