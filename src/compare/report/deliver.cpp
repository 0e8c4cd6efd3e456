#include "compare/report/deliver.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "compare/report/html/html_report.hpp"
#include "compare/report/json_report.hpp"
#include "compare/report/text_report.hpp"

namespace streamdemo::compare {

namespace {

bool write_output(const std::string& path, const std::string& text) {
  if (path == "-") {
    fmt::print("{}", text);
    return std::fflush(stdout) == 0;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  fmt::print(stderr, "streamdemo compare: {} {}\n", file ? "written:" : "cannot write", path);
  return bool(file);
}

template <class Report>
bool deliver_any(const Report& r, const outputs& to) {
  fmt::print(to.json == "-" ? stderr : stdout, "{}", text_report(r));
  std::fflush(stdout);
  bool good = true;
  if (!to.json.empty()) good = write_output(to.json, json_report(r)) && good;
  if (!to.html.empty()) good = write_output(to.html, html_report(r)) && good;
  return good;
}

}  // namespace

bool deliver(const report& r, const outputs& to) {
  return deliver_any(r, to);
}

bool deliver(const bus_report& r, const outputs& to) {
  return deliver_any(r, to);
}

base::result<void> check(const outputs& to) {
  for (const auto& path : {to.json, to.html}) {
    if (path.empty() || path == "-") continue;
    if (!std::ofstream(path, std::ios::app)) {
      return base::error{base::errc::invalid_argument, fmt::format("cannot write {}: {}", path, std::strerror(errno))};
    }
  }
  return {};
}

}  // namespace streamdemo::compare
