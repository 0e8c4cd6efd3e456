#include "gateway/api/preconditions.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

namespace {

constexpr auto* tag = "\"a-1\"";
// 6 November 1994, 08:49:37, and a bit, as the times of files have.
const base::sys_time modified{784111777s + 250ms};

precondition judged(std::vector<http::field> fields) {
  http::request r;
  r.fields = std::move(fields);
  return judge_preconditions(r, tag, modified);
}

}  // namespace

TEST_CASE("a date is read in each of its three forms, and nothing else is one") {
  CHECK(http_date(modified) == "Sun, 06 Nov 1994 08:49:37 GMT");
  for (const auto* form :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    CAPTURE(form);
    CHECK(parse_http_date(form) == base::sys_time(784111777s));
  }
  for (const auto* none : {"", "yesterday", "784111777", "Sun, 06 Nov 1994 08:49:37 CET", "1994-11-06T08:49:37Z"}) {
    CAPTURE(none);
    CHECK_FALSE(parse_http_date(none));
  }
}

TEST_CASE("what is not modified since its own date need not be sent again, unless a tag says otherwise") {
  CHECK(judged({}) == precondition::met);
  CHECK(judged({{"If-Modified-Since", http_date(modified)}}) == precondition::not_modified);
  CHECK(judged({{"If-Modified-Since", http_date(modified + 1h)}}) == precondition::not_modified);
  CHECK(judged({{"If-Modified-Since", http_date(modified - 1s)}}) == precondition::met);
  CHECK(judged({{"If-Modified-Since", "yesterday"}}) == precondition::met);
  CHECK(judged({{"If-None-Match", "\"b\""}, {"If-Modified-Since", http_date(modified)}}) == precondition::met);
  CHECK(judged({{"If-None-Match", tag}, {"If-Modified-Since", http_date(modified - 1s)}}) ==
        precondition::not_modified);
}

TEST_CASE("who wants another file than this is told so before anything else") {
  CHECK(judged({{"If-Match", "\"b\""}, {"If-None-Match", tag}}) == precondition::failed);
  CHECK(judged({{"If-Match", tag}, {"If-Unmodified-Since", http_date(modified - 1s)}}) == precondition::met);
  CHECK(judged({{"If-Unmodified-Since", http_date(modified - 1s)}}) == precondition::failed);
  CHECK(judged({{"If-Unmodified-Since", http_date(modified)}}) == precondition::met);
  CHECK(judged({{"If-Unmodified-Since", "yesterday"}}) == precondition::met);
}
