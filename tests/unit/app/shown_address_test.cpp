#include "app/shown_address.hpp"

#include <doctest/doctest.h>

using streamdemo::app::shown_address;

TEST_CASE("a listener of this machine's own addresses, or of all, is shown as localhost") {
  CHECK(shown_address({"127.0.0.1", "::1"}, 80) == "http://localhost:80");
  CHECK(shown_address({"0.0.0.0"}, 8080) == "http://localhost:8080");
  CHECK(shown_address({"10.0.0.5", "::"}, 8080) == "http://localhost:8080");
  CHECK(shown_address({"192.168.1.2", "::1"}, 8080) == "http://localhost:8080");
}

TEST_CASE("another listener is shown by its first address") {
  CHECK(shown_address({"10.0.0.5", "10.0.0.6"}, 8080) == "http://10.0.0.5:8080");
  CHECK(shown_address({"fd00::5"}, 8080) == "http://[fd00::5]:8080");
}
