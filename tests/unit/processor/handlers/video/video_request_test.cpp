#include "processor/handlers/video/video_request.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using processor::parse_video_request;

TEST_CASE("the sample needs nothing else") {
  const auto r = parse_video_request(R"({"source":"sample"})", 600).value();
  CHECK(r.sample);
  CHECK(r.clip_seconds == 10);
  CHECK(r.sample_seconds == 60);
  CHECK(r.width == 0);
  CHECK(r.height == 360);
  CHECK(r.preset == "veryfast");
  CHECK(parse_video_request(R"({"source":"sample"})", 30).value().sample_seconds == 30);
}

TEST_CASE("every option is read") {
  const auto r = parse_video_request(
                     R"({"source":"upload","upload":"in","clip_seconds":2.5,"size":"640x480","preset":"fast"})", 600)
                     .value();
  CHECK_FALSE(r.sample);
  CHECK(r.upload == "in");
  CHECK(r.clip_seconds == 2.5);
  CHECK(r.width == 640);
  CHECK(r.height == 480);
  CHECK(r.preset == "fast");
  CHECK(parse_video_request(R"({"source":"sample","size":"720p"})", 600).value().height == 720);
}

TEST_CASE("what is no known source, no size in bounds or no known preset is refused with a sentence") {
  for (const char* bad : {"",
                          "{}",
                          R"({"source":"/etc/passwd"})",
                          R"({"source":"http://example.org/a.mp4"})",
                          R"({"source":7})",
                          R"({"source":"upload"})",
                          R"({"source":"upload","upload":7})",
                          R"({"source":"sample","clip_seconds":0.5})",
                          R"({"source":"sample","clip_seconds":601})",
                          R"({"source":"sample","clip_seconds":"10"})",
                          R"({"source":"sample","sample_seconds":601})",
                          R"({"source":"sample","size":"big"})",
                          R"({"source":"sample","size":"365p"})",
                          R"({"source":"sample","size":"641x480"})",
                          R"({"source":"sample","size":"99999x2"})",
                          R"({"source":"sample","size":"-2x360"})",
                          R"({"source":"sample","size":"x"})",
                          R"({"source":"sample","size":"640x360,drawtext=textfile=/etc/passwd"})",
                          R"({"source":"sample","preset":"placebo"})",
                          R"({"source":"sample","preset":"fast -f null"})"}) {
    CAPTURE(bad);
    const auto r = parse_video_request(bad, 600);
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code == base::errc::invalid_argument);
    CHECK(r.error().message.size() > 10);
  }
}
