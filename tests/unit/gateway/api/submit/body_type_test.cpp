#include "gateway/api/submit/body_type.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::gateway;

namespace {

const kind_info film{.name = "film",
                     .upload = upload_input{{"video/*", "image/gif"}, *streamdemo::base::json_schema::parse("true")}};
const kind_info plain{.name = "plain"};

}  // namespace

TEST_CASE("a file may come as the body under the types of its kind, under one that says nothing of it, or none") {
  for (const auto* type : {"video/mp4", "Video/X-Matroska", "image/gif", "application/octet-stream", "",
                           "application/x-www-form-urlencoded"}) {
    const auto t = body_type_of(film, type, false, "h");
    REQUIRE_MESSAGE(t.has_value(), type);
    CHECK(*t == body_type::upload);
  }
  for (const auto* type : {"video/", "image/png", "text/plain"})
    CHECK_MESSAGE(!body_type_of(film, type, false, "h"), type);
  CHECK(*body_type_of(film, "application/json; charset=utf-8", false, "h") == body_type::json);
}

TEST_CASE("multipart is refused with the curl line that works") {
  const auto t = body_type_of(film, "multipart/form-data; boundary=x", false, "localhost:8080");
  REQUIRE(!t);
  CHECK(row_of(t.error().what).status == 415);
  CHECK(t.error().detail.find("curl -X POST -T your-file http://localhost:8080/api/film") != std::string::npos);
}

TEST_CASE("a kind that takes no file takes JSON only, said to be JSON, or no body") {
  CHECK(*body_type_of(plain, "application/json", false, "h") == body_type::json);
  CHECK(*body_type_of(plain, "", true, "h") == body_type::json);
  for (const auto* type : {"", "text/plain", "application/x-www-form-urlencoded", "video/mp4", "video/"}) {
    const auto t = body_type_of(plain, type, false, "h");
    CHECK_MESSAGE(!t, type);
  }
}
