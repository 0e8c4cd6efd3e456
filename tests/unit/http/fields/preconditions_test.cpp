#include <streamdemo/http/fields/preconditions.hpp>

#include <doctest/doctest.h>
#include <streamdemo/http/date.hpp>

using namespace streamdemo;
using namespace streamdemo::http;
using namespace std::chrono_literals;

namespace {

constexpr auto* tag = "\"a-1\"";
// 6 November 1994, 08:49:37, and a bit, as the times of files have.
const base::sys_time modified{784111777s + 250ms};

precondition judged(std::vector<field> fields) {
  request r;
  r.fields = std::move(fields);
  return judge_preconditions(r, tag, modified);
}

}  // namespace

TEST_CASE("what is not modified since its own date need not be sent again, unless a tag says otherwise") {
  CHECK(judged({}) == precondition::met);
  CHECK(judged({{"If-Modified-Since", date_text(modified)}}) == precondition::not_modified);
  CHECK(judged({{"If-Modified-Since", date_text(modified + 1h)}}) == precondition::not_modified);
  CHECK(judged({{"If-Modified-Since", date_text(modified - 1s)}}) == precondition::met);
  CHECK(judged({{"If-Modified-Since", "yesterday"}}) == precondition::met);
  CHECK(judged({{"If-None-Match", "\"b\""}, {"If-Modified-Since", date_text(modified)}}) == precondition::met);
  CHECK(judged({{"If-None-Match", tag}, {"If-Modified-Since", date_text(modified - 1s)}}) ==
        precondition::not_modified);
}

TEST_CASE("who wants another file than this is told so before anything else") {
  CHECK(judged({{"If-Match", "\"b\""}, {"If-None-Match", tag}}) == precondition::failed);
  CHECK(judged({{"If-Match", tag}, {"If-Unmodified-Since", date_text(modified - 1s)}}) == precondition::met);
  CHECK(judged({{"If-Unmodified-Since", date_text(modified - 1s)}}) == precondition::failed);
  CHECK(judged({{"If-Unmodified-Since", date_text(modified)}}) == precondition::met);
  CHECK(judged({{"If-Unmodified-Since", "yesterday"}}) == precondition::met);
}
