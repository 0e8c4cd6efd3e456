#include "processor/handlers/simulate_request.hpp"

#include <doctest/doctest.h>

#include <streamdemo/base/json.hpp>

using namespace streamdemo;
using processor::parse_simulate_request;

TEST_CASE("an empty payload simulates ten results every half second") {
  const auto r = parse_simulate_request("").value();
  CHECK(r.results == 10);
  CHECK(r.interval == std::chrono::milliseconds(500));
  CHECK(r.payload_bytes == 0);
  CHECK_FALSE(r.fail_at);
}

TEST_CASE("every member is read") {
  const auto r =
      parse_simulate_request(R"({"results":3,"interval_ms":0,"payload_bytes":5,"fail_at":0,"burn_ms":7})").value();
  CHECK(r.results == 3);
  CHECK(r.interval.count() == 0);
  CHECK(r.fail_at == 0);
  CHECK(r.burn.count() == 7);
  CHECK(r.result_json(2) == R"({"index":2,"of":3,"payload":"xxxxx"})");
  CHECK(base::is_json(r.result_json(2)));
}

TEST_CASE("what makes no sense is refused with a sentence") {
  for (const char* bad : {R"({"results":-1})", R"({"results":1000001})", R"({"results":"10"})", R"({"interval_ms":-1})",
                          R"({"interval_ms":1.5})", R"({"payload_bytes":-1})", R"({"burn_ms":101})",
                          R"({"fail_at":-1})", "7", "nonsense"}) {
    CAPTURE(bad);
    CHECK(parse_simulate_request(bad).error().code == base::errc::invalid_argument);
  }
}
