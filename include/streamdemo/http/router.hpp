// A table of routes such as "/api/tasks/{id}/events". Literal segments win over {names}: a path belongs to the most
// literal pattern that matches it, and only the methods of that pattern apply. Immutable; thread-safe.
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
    std::string allow;             // if null: the methods of this path, for 405 and OPTIONS; empty: no such path
  };
  // Looks at r.verb and r.path. The path "*" stands for the whole server, and allows the methods of all paths.
  match find(request& r) const;

 private:
  struct segment {
    std::string text;  // or the name, without its braces
    bool is_name;
  };
  struct row {
    std::vector<segment> pattern;
    std::size_t route;  // its index
  };
  static bool matches(const row& r, std::span<const std::string_view> path) noexcept;
  static bool more_literal(const row& a, const row& b) noexcept;
  std::string all_methods() const;
  std::string allowed(std::span<const row> candidates, std::span<const std::string_view> path) const;

  std::vector<route> routes_;
  std::vector<row> rows_;  // the more literal pattern first, and equal ones in the order of the table
};

}  // namespace streamdemo::http
