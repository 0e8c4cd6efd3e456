#include <streamdemo/http/fields/content_encoding.hpp>

#include <doctest/doctest.h>

using streamdemo::http::coding_of;

TEST_CASE("identity, and nothing, leave a body as it is") {
  for (const auto* field : {"", "identity", "Identity", " identity , identity", ", ,"}) {
    CAPTURE(field);
    CHECK(coding_of(field).empty());
  }
}

TEST_CASE("the first coding that changes bytes is named") {
  CHECK(coding_of("gzip") == "gzip");
  CHECK(coding_of("x-gzip") == "x-gzip");
  CHECK(coding_of("identity, br") == "br");
  CHECK(coding_of(" deflate , gzip") == "deflate");
}
