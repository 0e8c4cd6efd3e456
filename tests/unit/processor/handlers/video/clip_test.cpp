#include "processor/handlers/video/clip.hpp"

#include <doctest/doctest.h>

#include <streamdemo/base/json.hpp>

using namespace streamdemo::processor;

TEST_CASE("a line of the segment list is read, and anything else is not") {
  const auto c = parse_clip_line("pic-000003.mp4,30.000000,40.040000").value();
  CHECK(c.index == 3);
  CHECK(c.start == 30);
  CHECK(c.end == 40.04);
  for (const char* bad : {"", ",", "pic-3.mp4", "pic-3.mp4,1", "pic-x.mp4,1,2", "pic-3.mp4,1,x", "pic-.mp4,1,2",
                          "clip.mp4,1,2", "../pic-3.mp4,1,2", "pic-3.mkv,1,2", "pic-3.mp4,1,2,3"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_clip_line(bad));
  }
}

TEST_CASE("a run goes on from what a clip's result says") {
  const clip c{7, 14.014, 16.016000000000002};
  const auto json = clip_json(c, "the-task", clip_name("run", 7), 1234);
  CHECK(json == R"({"index":7,"url":"/api/artifacts/the-task/run-clip-007.mp4","start":14.014,"end":16.016,)"
                R"("bytes":1234,"media_type":"video/mp4"})");
  CHECK(streamdemo::base::is_json(json));
  const auto back = parse_clip_json(json).value();
  CHECK(back.index == 7);
  CHECK(back.end == 16.016);
  for (const char* bad : {"", "{}", "[]", R"({"index":1,"start":1})", R"({"index":"1","start":1,"end":2})"}) {
    CHECK_FALSE(parse_clip_json(bad));
  }
}

TEST_CASE("a progress line gives seconds, or frames") {
  CHECK(parse_frame_line("frame=  75") == 75);
  CHECK(parse_frame_line("frame=0") == 0);
  for (const char* bad : {"frame=", "frame=x", "fps=25", ""}) CHECK_FALSE(parse_frame_line(bad));
  CHECK(parse_progress_line("out_time_us=2500000") == 2.5);
  CHECK_FALSE(parse_progress_line("out_time_us=N/A"));
  CHECK_FALSE(parse_progress_line("out_time_us=-5"));
  CHECK_FALSE(parse_progress_line("out_time_ms=2500000"));
  CHECK_FALSE(parse_progress_line(""));
}

TEST_CASE("a clip's name holds the run and is the file's in order") {
  CHECK(clip_name("r", 12) == "r-clip-012.mp4");
  CHECK(clip_name("r", 12345) == "r-clip-12345.mp4");
}
