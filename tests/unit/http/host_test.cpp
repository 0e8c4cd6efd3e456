#include <doctest/doctest.h>

#include <streamdemo/http/host.hpp>

using namespace streamdemo::http;

TEST_CASE("the name is what stands before the port") {
  CHECK(host_name("localhost:8080") == "localhost");
  CHECK(host_name("localhost") == "localhost");
  CHECK(host_name("[::1]:8080") == "::1");
  CHECK(host_name("[::1") == "");
  CHECK(host_name("") == "");
}

TEST_CASE("a Host field is a name or an address, perhaps a port, and nothing behind it") {
  for (const auto* good : {"localhost", "localhost:8080", "a.b-c.example:", "[::1]", "[::1]:65535", "127.0.0.1:0"}) {
    CHECK_MESSAGE(is_authority(good), good);
  }
  for (const auto* bad : {"", ":8080", "localhost, evil.example", "localhost:80/path", "localhost:abc",
                          "localhost:65536", "localhost:1:2", "[::1]x", "[::1", "user@localhost", "local host"}) {
    CHECK_MESSAGE(!is_authority(bad), bad);
  }
}

TEST_CASE("loopback names and addresses are nobody else's") {
  for (const auto* name : {"localhost", "LocalHost", "127.0.0.1", "::1", "10.0.0.7", "fe80::1"}) {
    CHECK_MESSAGE(is_nobodys_else(name), name);
  }
  for (const auto* name : {"", "evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "gateway"}) {
    CHECK_MESSAGE(!is_nobodys_else(name), name);
  }
  CHECK(is_loopback("127.0.0.9"));
  CHECK(!is_loopback("10.0.0.7"));
}
