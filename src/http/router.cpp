#include <boost/container/small_vector.hpp>
#include <streamdemo/http/router.hpp>

namespace streamdemo::http {

namespace {

// Of a request's path, which is looked up for each request, and most have few.
using segments_of_path = boost::container::small_vector<std::string_view, 8>;

segments_of_path split(std::string_view path) {
  segments_of_path out;
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  for (;;) {
    const auto slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    path.remove_prefix(slash + 1);
  }
}

bool is_name(std::string_view segment) noexcept {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool matches(const std::vector<std::string>& pattern, std::span<const std::string_view> path) noexcept {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (is_name(pattern[i]) ? path[i].empty() : pattern[i] != path[i]) return false;
  }
  return true;
}

// For two patterns that match the same path: the first segment where one is literal and the other a name decides.
bool more_literal(const std::vector<std::string>& a, const std::vector<std::string>& b) noexcept {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (is_name(a[i]) != is_name(b[i])) return is_name(b[i]);
  }
  return false;
}

// Adds the methods that a route for `v` answers, each once, in the order of the table.
void add_methods(std::vector<std::string_view>& names, verb v) {
  for (const auto one : {v, v == verb::get ? verb::head : v}) {
    const auto name = to_string(one);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
}

std::string listed(std::vector<std::string_view> names) {
  add_methods(names, verb::options);
  return fmt::format("{}", fmt::join(names, ", "));
}

bool same_shape(const std::vector<std::string>& a, const std::vector<std::string>& b) noexcept {
  return !more_literal(a, b) && !more_literal(b, a);
}

}  // namespace

router::router(std::vector<route> routes) : routes_(std::move(routes)) {
  for (const auto& r : routes_) {
    auto& segments = segments_.emplace_back();
    for (const auto s : split(r.pattern)) segments.emplace_back(s);
  }
}

router::match router::find(request& r) const {
  if (r.path == "*") return {nullptr, all_methods()};
  const auto path = split(r.path);
  const std::vector<std::string>* best = nullptr;
  for (const auto& pattern : segments_) {
    if (matches(pattern, path) && (best == nullptr || more_literal(pattern, *best))) best = &pattern;
  }
  if (best == nullptr) return {};

  match out;
  const std::vector<std::string>* pattern = nullptr;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (!matches(segments_[i], path) || !same_shape(segments_[i], *best)) continue;
    const auto v = routes_[i].verb;
    if (v == r.verb || (v == verb::get && r.verb == verb::head && out.found == nullptr)) {
      out.found = &routes_[i];
      pattern = &segments_[i];
    }
    if (v == r.verb) break;
  }
  if (out.found == nullptr) {
    out.allow = allowed(*best, path);
    return out;
  }
  r.params.clear();
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string_view name = (*pattern)[i];
    if (is_name(name)) r.params.emplace_back(name.substr(1, name.size() - 2), path[i]);
  }
  return out;
}

// For "OPTIONS *", which asks about the whole server.
std::string router::all_methods() const {
  std::vector<std::string_view> names;
  for (const auto& r : routes_) add_methods(names, r.verb);
  return listed(std::move(names));
}

std::string router::allowed(const std::vector<std::string>& best, std::span<const std::string_view> path) const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (matches(segments_[i], path) && same_shape(segments_[i], best)) add_methods(names, routes_[i].verb);
  }
  return listed(std::move(names));
}

}  // namespace streamdemo::http
