#include <doctest/doctest.h>

#include <streamdemo/http/fields/bearer.hpp>

using streamdemo::http::bearer_token;

TEST_CASE("the token of an Authorization header, whatever the letters' case of its scheme") {
  CHECK(bearer_token("Bearer abc") == "abc");
  CHECK(bearer_token("bEARER  abc ") == "abc");
  CHECK(bearer_token("Bearer ") == "");
  for (const auto* other : {"", "Bearer", "Bearerabc", "Basic abc", "Bearer\tabc"}) {
    CAPTURE(other);
    CHECK_FALSE(bearer_token(other).has_value());
  }
}
