// A table of routes: "/api/tasks/{id}/events". Literal segments win over {names}. Immutable after construction;
// thread-safe.
#pragma once
#include <streamdemo/http/stream.hpp>

#include <span>

namespace streamdemo::http {

using endpoint = std::function<awaitable<reply>(request&)>;

struct route {
  http::verb verb;      // get also answers head
  std::string pattern;
  http::endpoint run;
};

class router {
 public:
  explicit router(std::vector<route> routes);

  struct match {
    const route* found = nullptr;  // fills request.params when not null
    std::string allow;             // the methods of this path, for 405 and OPTIONS; empty: no such path
  };
  match find(request& r) const;

 private:
  std::vector<route> routes_;
};

}  // namespace streamdemo::http
