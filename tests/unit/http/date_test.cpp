#include <doctest/doctest.h>

#include <streamdemo/http/date.hpp>

using namespace streamdemo;
using namespace std::chrono_literals;

TEST_CASE("a date is written in its first form and read in each of the three, and nothing else is one") {
  CHECK(http::date_text(base::sys_time(784111777s + 250ms)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const auto* form :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    CAPTURE(form);
    CHECK(http::parse_date(form) == base::sys_time(784111777s));
  }
  for (const auto* none : {"", "yesterday", "784111777", "Sun, 06 Nov 1994 08:49:37 CET", "1994-11-06T08:49:37Z"}) {
    CAPTURE(none);
    CHECK_FALSE(http::parse_date(none));
  }
}
