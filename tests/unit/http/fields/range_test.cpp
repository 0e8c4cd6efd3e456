#include <streamdemo/http/fields/range.hpp>

#include <doctest/doctest.h>

using namespace streamdemo::http;
using kind = byte_range::kind;

namespace {

void check_part(std::string_view text, std::uint64_t size, std::uint64_t first, std::uint64_t last) {
  const auto r = parse_range(text, size);
  CHECK_MESSAGE(r.what == kind::part, text);
  CHECK(r.first == first);
  CHECK(r.last == last);
}

}  // namespace

TEST_CASE("one range is answered in part") {
  check_part("bytes=0-99", 1000, 0, 99);
  check_part("bytes=500-", 1000, 500, 999);
  check_part("bytes=-100", 1000, 900, 999);
  check_part("Bytes = 5-5 ", 1000, 5, 5);
}

TEST_CASE("a range beyond the end is cut to it") {
  check_part("bytes=900-5000", 1000, 900, 999);
  check_part("bytes=-5000", 1000, 0, 999);
  check_part("bytes=1-99999999999999999999999", 1000, 1, 999);
}

TEST_CASE("a range that begins behind the end is not possible") {
  for (const auto* text : {"bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=99999999999999999999999-"}) {
    CHECK_MESSAGE(parse_range(text, 1000).what == kind::beyond, text);
  }
  CHECK(parse_range("bytes=0-", 0).what == kind::beyond);
  CHECK(parse_range("bytes=-1", 0).what == kind::beyond);
}

TEST_CASE("several ranges, another unit and garbage get the whole file") {
  for (const auto* text : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-1", "bytes=0-1,5-6", "lines=0-1",
                           "bytes=0-1x", "bytes=+1-2", "bytes=--1"}) {
    CHECK_MESSAGE(parse_range(text, 1000).what == kind::whole, text);
  }
}

TEST_CASE("If-Range lets a range pass only for the same file") {
  CHECK(if_range_holds("", "\"t\"", "d"));
  CHECK(if_range_holds("\"t\"", "\"t\"", "d"));
  CHECK(if_range_holds("Sun, 22 Nov 2026 10:00:00 GMT", "\"t\"", "Sun, 22 Nov 2026 10:00:00 GMT"));
  CHECK(!if_range_holds("\"u\"", "\"t\"", "d"));
  CHECK(!if_range_holds("W/\"t\"", "\"t\"", "d"));
  CHECK(!if_range_holds("W/\"t\"", "W/\"t\"", "d"));
}

TEST_CASE("Content-Range names the part, and the size when none is possible") {
  CHECK(content_range({kind::part, 2, 9}, 100) == "bytes 2-9/100");
  CHECK(content_range({kind::beyond, 0, 0}, 100) == "bytes */100");
}
