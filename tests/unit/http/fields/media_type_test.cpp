#include <streamdemo/http/fields/media_type.hpp>

#include <doctest/doctest.h>

using namespace streamdemo::http;

TEST_CASE("clips are media, whatever could run is an attachment") {
  CHECK(artifact_type("clip-003.MP4").name == "video/mp4");
  CHECK(artifact_type("clip-003.mp4").is_media);
  for (const auto* name : {"upload-1", "page.html", "pic.svg", "x.", "noext", "list.m3u8"}) {
    CHECK_MESSAGE(!artifact_type(name).is_media, name);
    CHECK(artifact_type(name).name == "application/octet-stream");
  }
}

TEST_CASE("the page's files have the types that browsers insist on") {
  CHECK(page_type("index.html") == "text/html; charset=utf-8");
  CHECK(page_type("page.js") == "text/javascript; charset=utf-8");
  CHECK(page_type("style.css") == "text/css; charset=utf-8");
  CHECK(page_type("icon.svg") == "image/svg+xml");
}
