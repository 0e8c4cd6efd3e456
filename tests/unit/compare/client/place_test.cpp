#include "compare/client/place.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::compare;

TEST_CASE("addresses of servers") {
  const auto plain = parse_place("http://localhost:8080/", false);
  REQUIRE(plain.has_value());
  CHECK(plain->host == "localhost");
  CHECK(plain->port == 8080);
  CHECK(plain->tls == nullptr);
  CHECK(plain->same_machine());
  const auto tls = parse_place("https://example.org", true);
  REQUIRE(tls.has_value());
  CHECK(tls->port == 443);
  CHECK(tls->tls != nullptr);
  CHECK_FALSE(tls->same_machine());
  const auto six = parse_place("http://[::1]:9000", false);
  REQUIRE(six.has_value());
  CHECK(six->host == "::1");
  CHECK(six->port == 9000);
  CHECK(parse_place("http://[::1]", false)->port == 80);
}

TEST_CASE("what is no address is refused with the way to write one") {
  for (const auto* wrong : {"", "localhost:8080", "ftp://x", "http://", "http://x:", "http://x:0", "http://x:99999",
                            "http://x/path", "http://[::1:80"}) {
    CAPTURE(wrong);
    const auto at = parse_place(wrong, false);
    REQUIRE_FALSE(at.has_value());
    CHECK(at.error().message.find("http://host:port") != std::string::npos);
  }
}
