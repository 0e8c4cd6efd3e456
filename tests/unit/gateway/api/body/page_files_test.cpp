#include "gateway/api/body/page_files.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace streamdemo::gateway;

TEST_CASE("the empty name is the index, and a tag follows the content") {
  const std::array<embedded_file, 3> files{{{"index.html", "<p>"}, {"a.js", "1"}, {"b.js", "2"}}};
  const page_files page(files);
  REQUIRE(page.find("") != nullptr);
  CHECK(*page.find("")->bytes == "<p>");
  CHECK(page.find("") == page.find("index.html"));
  CHECK(page.find("a.js")->etag != page.find("b.js")->etag);
  CHECK(page.find("c.js") == nullptr);
}

TEST_CASE("the page is inside the binary") {
  const page_files page(embedded_files());
  REQUIRE(page.find("") != nullptr);
  CHECK(page.find("")->bytes->find("<html") != std::string::npos);
  // Scripts in their rooms; the descriptions, whatever folder they lie in, where everybody looks for them.
  for (const char* name :
       {"race.html", "icon.svg", "page/page.js", "race/race.js", "shared/api.js", "openapi.json", "asyncapi.json"}) {
    CAPTURE(name);
    CHECK(page.find(name) != nullptr);
  }
}
