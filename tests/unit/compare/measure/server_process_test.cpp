#include "compare/measure/server_process.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::compare;

TEST_CASE("the line of a server that is ready names its port") {
  CHECK(parse_ready_line("streamdemo is ready on http://localhost:8080 (management: http://localhost:8081)") == 8080);
  CHECK(parse_ready_line("streamdemo is ready as a processor (management: http://localhost:8081)") == 0);
  CHECK(
      !parse_ready_line("streamdemo runs on http://localhost:8080 (management: http://localhost:8081), but is not "
                        "ready yet: the keys of auth.issuers.a are not there yet"));
  CHECK_FALSE(parse_ready_line("something else"));
}

TEST_CASE("a program that is no server is an error with what it said") {
  const auto failed = server_process::start("/bin/false", {});
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().message.find("did not start") != std::string::npos);
  CHECK_FALSE(server_process::start("/no/such/program", {}).has_value());
}
