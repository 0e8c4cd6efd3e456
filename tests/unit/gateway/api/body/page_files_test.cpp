#include "gateway/api/body/page_files.hpp"

#include <doctest/doctest.h>
#include <streamdemo/http/gzip.hpp>

#include <array>

using namespace streamdemo::gateway;

TEST_CASE("the empty name is the index, and a tag follows the content") {
  const std::array<embedded_file, 3> files{{{"index.html", "<p>"}, {"a.js", "1"}, {"b.js", "2"}}};
  const page_files page(files);
  REQUIRE(page.find("") != nullptr);
  CHECK(*page.find("")->plain.bytes == "<p>");
  CHECK(page.find("") == page.find("index.html"));
  CHECK(page.find("a.js")->plain.etag != page.find("b.js")->plain.etag);
  CHECK(page.find("c.js") == nullptr);
}

TEST_CASE("a compressed file is another coding of its file, with a tag of its own, where it is smaller") {
  const std::array<embedded_file, 4> files{
      {{"a.js", "long long long"}, {"a.js.gz", "short"}, {"b.js", "short"}, {"b.js.gz", "no shorter"}}};
  const page_files page(files);
  const auto& a = *page.find("a.js");
  REQUIRE(a.gzip.bytes != nullptr);
  CHECK(*a.gzip.bytes == "short");
  CHECK(a.gzip.etag != a.plain.etag);
  CHECK(page.find("b.js")->gzip.bytes == nullptr);
  CHECK(page.find("a.js.gz") == nullptr);
}

TEST_CASE("what takes the place of a file is compressed anew, where it is smaller then") {
  const std::array<embedded_file, 2> files{{{"a.json", "long long long"}, {"a.json.gz", "short"}}};
  page_files page(files);
  const std::string larger(1000, 'x');
  page.replace("a.json", larger);
  const auto& a = *page.find("a.json");
  CHECK(*a.plain.bytes == larger);
  REQUIRE(a.gzip.bytes != nullptr);
  CHECK(*a.gzip.bytes == streamdemo::http::gzip(larger));
  CHECK(a.gzip.etag != a.plain.etag);
  page.replace("a.json", "x");
  CHECK(a.gzip.bytes == nullptr);
}

TEST_CASE("the page is inside the binary") {
  const page_files page(embedded_files());
  REQUIRE(page.find("") != nullptr);
  CHECK(page.find("")->plain.bytes->find("<html") != std::string::npos);
  // Scripts in their rooms; the descriptions, whatever folder they lie in, where everybody looks for them.
  for (const char* name :
       {"race.html", "icon.svg", "page/page.js", "race/race.js", "shared/api.js", "openapi.json", "asyncapi.json"}) {
    CAPTURE(name);
    CHECK(page.find(name) != nullptr);
  }
}
