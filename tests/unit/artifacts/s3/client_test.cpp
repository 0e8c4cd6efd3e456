#include "artifacts/s3/client.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::artifacts::s3;

TEST_CASE("a bucket is named in the path of an address, or in its host") {
  const auto path = address_of("http://127.0.0.1:9000", "files", true).value();
  CHECK(path.url("a/b c") == "http://127.0.0.1:9000/files/a/b%20c");
  CHECK(path.host == "127.0.0.1:9000");
  CHECK(path.root == "/files/");
  const auto host = address_of("https://s3.eu-central-1.amazonaws.com", "files", false).value();
  CHECK(host.url("a") == "https://files.s3.eu-central-1.amazonaws.com/a");
  CHECK(host.root == "/");
}

TEST_CASE("a port that goes without saying is not in the field Host, which is signed") {
  CHECK(address_of("https://s3.example.org:443", "files", true)->host == "s3.example.org");
  CHECK(address_of("http://s3.example.org:80/", "files", true)->host == "s3.example.org");
  CHECK(address_of("http://s3.example.org:443", "files", true)->host == "s3.example.org:443");
}

TEST_CASE("what is no address of a server is refused") {
  for (const char* bad :
       {"", "s3.example.org", "ftp://s3.example.org", "https://", "https://a/b", "https://a?b", "https://u@a"}) {
    CAPTURE(bad);
    CHECK(address_of(bad, "files", true).has_error());
  }
}
