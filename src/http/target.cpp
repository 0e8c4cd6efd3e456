#include "http/target.hpp"

#include <streamdemo/base/json.hpp>

#include "http/text.hpp"

namespace streamdemo::http {

namespace {

int hex(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class part { path, query };

bool decode(std::string_view in, part where, std::string& out) {
  const bool plain =
      in.find('%') == std::string_view::npos && (where == part::path || in.find('+') == std::string_view::npos);
  out = plain ? in : std::string_view{};
  if (plain) return base::is_utf8(out);
  out.reserve(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    char c = in[i];
    if (c == '%') {
      if (i + 2 >= in.size()) return false;
      const int high = hex(in[i + 1]);
      const int low = hex(in[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
      if (where == part::path && (c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) return false;
    } else if (c == '+' && where == part::query) {
      c = ' ';
    }
    out += c;
  }
  return base::is_utf8(out);
}

// Reduces "http://host/path?query" to "/path?query".
bool to_origin_form(std::string_view& target) {
  if (!target.empty() && target.front() == '/') return true;
  const auto colon = target.find("://");
  if (colon == std::string_view::npos) return false;
  const auto scheme = target.substr(0, colon);
  if (!same_word(scheme, "http") && !same_word(scheme, "https")) return false;
  target.remove_prefix(colon + 3);
  const auto end = target.find_first_of("/?");
  if (end == 0) return false;
  target = end == std::string_view::npos ? std::string_view{"/"} : target.substr(end);
  return true;
}

}  // namespace

bool parse_target(std::string_view target, std::string& path, std::vector<std::pair<std::string, std::string>>& query) {
  path.clear();
  query.clear();
  if (!to_origin_form(target)) return false;
  target = target.substr(0, target.find('#'));
  const auto mark = target.find('?');
  if (mark == 0) {
    path = "/";
  } else if (!decode(target.substr(0, mark), part::path, path)) {
    return false;
  }
  if (mark == std::string_view::npos) return true;
  auto rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto& [name, value] = query.emplace_back();
    if (!decode(pair.substr(0, equals), part::query, name)) return false;
    if (equals != std::string_view::npos && !decode(pair.substr(equals + 1), part::query, value)) return false;
  }
  return true;
}

}  // namespace streamdemo::http
