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
