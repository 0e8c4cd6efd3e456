#include <boost/container/small_vector.hpp>
#include <streamdemo/http/router.hpp>

#include <algorithm>

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

}  // namespace

router::router(std::vector<route> routes) : routes_(std::move(routes)) {
  for (const auto& r : routes_) {
    auto& last = rows_.emplace_back();
    last.route = rows_.size() - 1;
    for (const auto s : split(r.pattern)) {
      const bool name = s.size() > 2 && s.front() == '{' && s.back() == '}';
      last.pattern.push_back({std::string(name ? s.substr(1, s.size() - 2) : s), name});
    }
  }
  std::ranges::stable_sort(rows_, more_literal);
}

bool router::matches(const row& r, std::span<const std::string_view> path) noexcept {
  return std::ranges::equal(r.pattern, path, [](const segment& s, std::string_view given) {
    return s.is_name ? !given.empty() : s.text == given;
  });
}

// Patterns of one length are compared; the first segment where one is literal and the other a name decides.
bool router::more_literal(const row& a, const row& b) noexcept {
  if (a.pattern.size() != b.pattern.size()) return a.pattern.size() < b.pattern.size();
  return std::ranges::lexicographical_compare(a.pattern, b.pattern, {}, &segment::is_name, &segment::is_name);
}

router::match router::find(request& r) const {
  if (r.path == "*") return {nullptr, all_methods()};
  const auto path = split(r.path);
  const auto best = std::ranges::find_if(rows_, [&](const row& one) { return matches(one, path); });
  if (best == rows_.end()) return {};

  // Others for this path have the same names in the same places.
  const auto end = std::find_if(best, rows_.end(), [&](const row& one) { return more_literal(*best, one); });
  const std::span<const row> candidates(best, end);
  const row* found = nullptr;
  for (const auto& one : candidates) {
    if (!matches(one, path)) continue;
    const auto v = routes_[one.route].verb;
    if (v == r.verb || (v == verb::get && r.verb == verb::head && found == nullptr)) found = &one;
    if (v == r.verb) break;
  }
  if (found == nullptr) return {nullptr, allowed(candidates, path)};
  r.params.clear();
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto& s = found->pattern[i];
    if (s.is_name) r.params.emplace_back(s.text, path[i]);
  }
  return {&routes_[found->route], {}};
}

// For "OPTIONS *", which asks about the whole server.
std::string router::all_methods() const {
  std::vector<std::string_view> names;
  for (const auto& r : routes_) add_methods(names, r.verb);
  return listed(std::move(names));
}

std::string router::allowed(std::span<const row> candidates, std::span<const std::string_view> path) const {
  std::vector<std::string_view> names;
  for (const auto& one : candidates) {
    if (matches(one, path)) add_methods(names, routes_[one.route].verb);
  }
  return listed(std::move(names));
}

}  // namespace streamdemo::http
