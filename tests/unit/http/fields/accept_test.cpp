#include <streamdemo/http/fields/accept.hpp>

#include <doctest/doctest.h>

#include <array>

using streamdemo::http::best_offer;
using streamdemo::http::takes_coding;

namespace {

constexpr std::array<std::string_view, 3> offers{"application/json", "text/event-stream", "application/x-ndjson"};

}  // namespace

TEST_CASE("without an Accept header, and for anything, the first offer is taken") {
  CHECK(best_offer("", offers) == 0);
  CHECK(best_offer("*/*", offers) == 0);
}

TEST_CASE("the named type is taken, in any case and with parameters") {
  CHECK(best_offer("text/event-stream", offers) == 1);
  CHECK(best_offer("Application/X-NDJSON;charset=utf-8", offers) == 2);
  CHECK(best_offer("text/*", offers) == 1);
}

TEST_CASE("the higher quality wins, and of equals the first offer") {
  CHECK(best_offer("application/json;q=0.5, text/event-stream;q=0.9", offers) == 1);
  CHECK(best_offer("application/x-ndjson;q=0.8, application/json;q=0.8", offers) == 0);
}

TEST_CASE("the more exact range decides about a type") {
  CHECK(best_offer("*/*, application/json;q=0", offers) == 1);
  CHECK(best_offer("application/*;q=0.2, application/x-ndjson;q=0.7, */*;q=0.1", offers) == 2);
}

TEST_CASE("nothing acceptable is told apart from no wish") {
  CHECK(!best_offer("image/png", offers));
  CHECK(!best_offer("*/*;q=0", offers));
}

TEST_CASE("garbage is ignored") {
  CHECK(!best_offer(",;,;q=,", offers));
  CHECK(!best_offer("text/event-stream;q=2", offers));
  CHECK(best_offer("text/event-stream;q=x, application/x-ndjson", offers) == 2);
}

TEST_CASE("a coding is taken where it is named and not liked less than plain bytes") {
  for (const char* taken :
       {"gzip", "GZIP", "gzip, deflate, br, zstd", "deflate, gzip;q=1.0, *;q=0.5", "*", "gzip;q=0.001",
        "identity, gzip", "identity;q=0.5, gzip;q=0.5", "br;q=1, gzip;q=0.2", "identity;q=0, *"}) {
    CAPTURE(taken);
    CHECK(takes_coding(taken, "gzip"));
  }
  for (const char* refused : {"", "identity", "br", "gzip;q=0", "gzip;q=0.0, *", "*;q=0", "identity, gzip;q=0.9",
                              "*, gzip;q=0.5", "gzip;q=2", "gzipped", "\"gzip\""}) {
    CAPTURE(refused);
    CHECK_FALSE(takes_coding(refused, "gzip"));
  }
}
