#include <doctest/doctest.h>

#include "config/suggest.hpp"

using namespace streamdemo::config;

TEST_CASE("the distance counts insertions, deletions and replacements") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("port", "port") == 0);
  CHECK(edit_distance("prot", "port") == 2);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name is suggested only when it is near") {
  const std::vector<std::string> known{"gateway.port", "gateway.ping_ms", "results.max_bytes"};
  CHECK(nearest("gateway.prt", known) == "gateway.port");
  CHECK(nearest("gateway.ping", known) == "gateway.ping_ms");
  CHECK(nearest("something.else", known) == std::nullopt);
}
