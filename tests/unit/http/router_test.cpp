#include <doctest/doctest.h>

#include <streamdemo/http/router.hpp>

using namespace streamdemo::http;

namespace {

router table() {
  const auto none = [](request&) -> awaitable<reply> { co_return response{}; };
  return router({{verb::get, "/", none},
                 {verb::post, "/api/{kind}", none},
                 {verb::get, "/api/{kind}", none},
                 {verb::get, "/api/tasks", none},
                 {verb::get, "/api/tasks/{id}", none},
                 {verb::get, "/api/tasks/{id}/events", none},
                 {verb::post, "/api/tasks/{id}/cancel", none},
                 {verb::get, "/api/artifacts/{id}/{name}", none}});
}

struct answer {
  std::string pattern;
  std::string allow;
  request r;
};

answer find(verb v, std::string path) {
  static const auto routes = table();
  answer a;
  a.r.verb = v;
  a.r.path = std::move(path);
  const auto m = routes.find(a.r);
  if (m.found != nullptr) a.pattern = m.found->pattern;
  a.allow = m.allow;
  return a;
}

}  // namespace

TEST_CASE("a path finds its route and fills the names") {
  CHECK(find(verb::get, "/").pattern == "/");
  const auto a = find(verb::get, "/api/artifacts/abc/clip 1.mp4");
  CHECK(a.pattern == "/api/artifacts/{id}/{name}");
  CHECK(a.r.param("id") == "abc");
  CHECK(a.r.param("name") == "clip 1.mp4");
  CHECK(a.r.param("other").empty());
}

TEST_CASE("a literal segment wins over a name, for all methods of the path") {
  CHECK(find(verb::get, "/api/tasks").pattern == "/api/tasks");
  CHECK(find(verb::post, "/api/simulate").pattern == "/api/{kind}");
  const auto a = find(verb::post, "/api/tasks");
  CHECK(a.pattern.empty());
  CHECK(a.allow == "GET, HEAD, OPTIONS");
}

TEST_CASE("GET answers HEAD, and other methods are told what is allowed") {
  CHECK(find(verb::head, "/api/tasks/1").pattern == "/api/tasks/{id}");
  CHECK(find(verb::delete_, "/api/simulate").allow == "POST, GET, HEAD, OPTIONS");
  CHECK(find(verb::get, "/api/tasks/1/cancel").allow == "POST, OPTIONS");
  CHECK(find(verb::options, "/api/tasks/1/cancel").allow == "POST, OPTIONS");
}

TEST_CASE("the server as a whole has the methods of all paths") {
  const auto a = find(verb::options, "*");
  CHECK(a.pattern.empty());
  CHECK(a.allow == "GET, HEAD, POST, OPTIONS");
}

TEST_CASE("an unknown path, an empty name and one segment too many find nothing") {
  for (const auto* path : {"/nope", "/api/", "/api//events", "/api/tasks/1/events/", "/api/tasks/1/events/2", "//"}) {
    const auto a = find(verb::get, path);
    CHECK_MESSAGE(a.pattern.empty(), path);
    CHECK(a.allow.empty());
  }
}
