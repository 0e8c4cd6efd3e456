#include <streamdemo/http/fields/origin.hpp>

#include <doctest/doctest.h>

using streamdemo::http::origin_rules;

TEST_CASE("loopback names, addresses and the listed origins' hosts are this server's names") {
  const origin_rules rules({"https://Example.org/", "http://tools.lan:9000"});
  for (const auto* host : {"localhost", "LocalHost:8080", "127.0.0.1:8080", "[::1]:8080", "192.168.1.7", "[fe80::1]",
                           "example.org", "example.org:443", "tools.lan"}) {
    CHECK_MESSAGE(rules.host_allowed(host), host);
  }
  for (const auto* host : {"", "evil.example", "localhost.evil.example", "example.org.evil.example", "[::1",
                           "127.0.0.1.nip.io", "1270.0.0.1"}) {
    CHECK_MESSAGE(!rules.host_allowed(host), host);
  }
}

TEST_CASE("a page of the server itself may call, whatever the scheme") {
  const origin_rules rules({});
  CHECK(rules.origin_allowed("http://192.168.1.7:8080", "192.168.1.7:8080"));
  CHECK(rules.origin_allowed("https://localhost:8080", "localhost:8080"));
}

TEST_CASE("a local page may call a local server, and a foreign page may not") {
  const origin_rules rules({});
  CHECK(rules.origin_allowed("http://localhost:5173", "127.0.0.1:8080"));
  CHECK(rules.origin_allowed("http://[::1]:5173", "localhost:8080"));
  CHECK(!rules.origin_allowed("http://localhost:5173", "192.168.1.7:8080"));
  CHECK(!rules.origin_allowed("http://evil.example", "localhost:8080"));
  CHECK(!rules.origin_allowed("http://192.168.1.9", "192.168.1.7"));
  CHECK(!rules.origin_allowed("null", "localhost:8080"));
  CHECK(!rules.origin_allowed("", "localhost:8080"));
}

TEST_CASE("a listed origin may call, and only exactly that one") {
  const origin_rules rules({"https://example.org"});
  CHECK(rules.origin_allowed("https://example.org", "localhost:8080"));
  CHECK(!rules.origin_allowed("http://example.org", "localhost:8080"));
  CHECK(!rules.origin_allowed("https://example.org:8443", "localhost:8080"));
  CHECK(!rules.origin_allowed("https://sub.example.org", "localhost:8080"));
}
