// A table of routes: "/api/tasks/{id}/events". Literal segments win over {names}: the most literal pattern that fits a
// path is that path's resource, and only its methods count. Immutable after construction; thread-safe.
#pragma once
#include <streamdemo/http/stream.hpp>

#include <span>

namespace streamdemo::http {

using endpoint = std::function<awaitable<reply>(request&)>;

struct route {
  http::verb verb;  // get also answers head
  std::string pattern;
  http::endpoint run;
};

class router {
 public:
  explicit router(std::vector<route> routes);

  struct match {
    const route* found = nullptr;  // fills request.params when not null
    std::string allow;             // when null: the methods of this path, for 405 and OPTIONS; empty: no such path
  };
  // By r.verb and r.path; "*" is no path but the server, whose methods are those of all paths.
  match find(request& r) const;

 private:
  std::string all_methods() const;
  std::string allowed(const std::vector<std::string>& best, const std::vector<std::string_view>& path) const;

  std::vector<route> routes_;
  std::vector<std::vector<std::string>> segments_;  // of each route's pattern
};

}  // namespace streamdemo::http
