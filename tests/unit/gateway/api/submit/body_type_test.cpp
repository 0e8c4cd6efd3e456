#include "gateway/api/submit/body_type.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::gateway;

TEST_CASE("a video may come as the body under any type that says video, nothing in particular, or nothing") {
  for (const auto* type :
       {"video/mp4", "Video/X-Matroska", "application/octet-stream", "", "application/x-www-form-urlencoded"}) {
    const auto t = body_type_of("process-video", type, false, "h");
    REQUIRE_MESSAGE(t.has_value(), type);
    CHECK(*t == body_type::video);
  }
  CHECK(*body_type_of("process-video", "application/json; charset=utf-8", false, "h") == body_type::json);
}

TEST_CASE("multipart is refused with the curl line that works") {
  const auto t = body_type_of("process-video", "multipart/form-data; boundary=x", false, "localhost:8080");
  REQUIRE(!t);
  CHECK(row_of(t.error().what).status == 415);
  CHECK(t.error().detail.find("curl -X POST -T video.mp4 http://localhost:8080/api/process-video") !=
        std::string::npos);
}

TEST_CASE("every other kind takes JSON only, said to be JSON, or no body") {
  CHECK(*body_type_of("simulate", "application/json", false, "h") == body_type::json);
  CHECK(*body_type_of("simulate", "", true, "h") == body_type::json);
  for (const auto* type : {"", "text/plain", "application/x-www-form-urlencoded", "video/mp4", "video/"}) {
    const auto t = body_type_of("simulate", type, false, "h");
    CHECK_MESSAGE(!t, type);
  }
}
