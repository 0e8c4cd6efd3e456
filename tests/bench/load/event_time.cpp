#include "bench/load/event_time.hpp"

#include <cstdlib>
#include <ctime>

namespace bench {

namespace {

double now_ms() {
  timespec t{};
  ::clock_gettime(CLOCK_REALTIME, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

// "2026-11-22T10:00:00.123456Z" as milliseconds since 1970.
double parse_ms(const char* text) {
  tm parts{};
  if (::strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) return 0;
  return static_cast<double>(::timegm(&parts)) * 1e3 + std::atof(text + 19) * 1e3;
}

}  // namespace

void note_delays(std::string_view bytes, std::vector<double>& delays) {
  const double now = now_ms();
  constexpr std::string_view key = "\"time\":\"";
  std::size_t at = 0;
  while ((at = bytes.find("\"type\":\"result\"", at)) != std::string_view::npos) {
    at += 15;
    const std::size_t time = bytes.substr(at, 300).find(key);
    if (time == std::string_view::npos || at + time + key.size() + 28 > bytes.size()) continue;
    const double made = parse_ms(bytes.data() + at + time + key.size());
    if (made > 0) delays.push_back(now - made);
  }
}

}  // namespace bench
