#include "http/target.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::http;

namespace {

struct parts {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
  bool ok = false;
};

parts parse(std::string_view target) {
  parts p;
  p.ok = parse_target(target, p.path, p.query);
  return p;
}

}  // namespace

TEST_CASE("a target is a path and a decoded query in order") {
  const auto p = parse("/a%c3%a9/b?x=1&&y=a%26b+c&z&x=2");
  REQUIRE(p.ok);
  CHECK(p.path == "/a\xc3\xa9/b");
  const decltype(p.query) expected{{"x", "1"}, {"y", "a&b c"}, {"z", ""}, {"x", "2"}};
  CHECK(p.query == expected);
}

TEST_CASE("an absolute target is taken for its path") {
  CHECK(parse("http://localhost:8080/a?b=c").path == "/a");
  CHECK(parse("HTTP://h").path == "/");
  CHECK(parse("http://h?a=b").path == "/");
  CHECK(parse("http://h?a=b").query.size() == 1);
}

TEST_CASE("bad escapes, hidden slashes and what is no path are refused") {
  for (const auto* bad : {"", "*", "a", "/%", "/%4", "/%zz", "/a%2fb", "/%00", "/%0d%0a", "/%ff", "/?a=%", "/?%zz=1",
                          "/?a=%ff", "ftp://h/", "http:///a", "h:80"}) {
    CHECK_MESSAGE(!parse(bad).ok, bad);
  }
}
