#include <doctest/doctest.h>

#include <streamdemo/http/fields/cookie.hpp>

using streamdemo::http::cookie_value;

TEST_CASE("a cookie is found by its whole name") {
  CHECK(cookie_value("a=1; b=2", "a") == "1");
  CHECK(cookie_value("a=1; b=2", "b") == "2");
  CHECK(cookie_value("a=1;b=x=y", "b") == "x=y");
  CHECK(cookie_value("aa=1; a=2; a=3", "a") == "2");
  CHECK(cookie_value("a", "a").empty());
  CHECK(cookie_value("", "a").empty());
  CHECK(cookie_value("A=1", "a").empty());
  CHECK(cookie_value(" ; ;a=;", "a").empty());
}
