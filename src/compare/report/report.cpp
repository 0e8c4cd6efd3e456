#include "compare/report/report.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <streamdemo/base/clock.hpp>

namespace streamdemo::compare {

namespace {

// The transport that the others are compared with.
constexpr std::string_view base_name = "sse";

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

double bytes(const measurement& m) {
  return static_cast<double>(m.wire.bytes_sent + m.wire.bytes_received);
}

void add(std::vector<ratio>& to, std::string what, const measurement& over, const measurement& under,
         std::optional<double> a, std::optional<double> b) {
  if (!a || !b || *a <= 0 || *b <= 0) return;
  to.push_back({std::move(what), over.transport.label, under.transport.label, *a / *b});
}

}  // namespace

machine this_machine() {
  utsname names{};
  ::uname(&names);
  const auto now = base::format_millis(base::system_clock().now());
  return {.processor = processor_name(),
          .system = std::string(names.sysname) + " " + names.release,
          .version = STREAMDEMO_VERSION,
          .date = now.substr(0, 16) + "Z",
          .cores = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN))};
}

const measurement* section::find(std::string_view name) const {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& m) { return m.transport.name == name; });
  return at == rows.end() ? nullptr : &*at;
}

namespace {

std::vector<ratio> section_ratios(const section& s) {
  std::vector<ratio> out;
  const auto* under = s.find(base_name);
  if (under == nullptr || under->complete != under->clients) return out;
  for (const auto& m : s.rows) {
    if (m.transport.name == base_name || m.transport.method == method::nobody || m.complete != m.clients) continue;
    add(out, "requests", m, *under, static_cast<double>(m.requests), static_cast<double>(under->requests));
    add(out, "bytes on the wire", m, *under, bytes(m), bytes(*under));
    if (m.delay_ms && under->delay_ms) add(out, "median delay", m, *under, m.delay_ms->p50, under->delay_ms->p50);
    add(out, "server CPU", m, *under, m.server_cpu_us, under->server_cpu_us);
  }
  return out;
}

}  // namespace

bool report::complete() const {
  return std::all_of(sections.begin(), sections.end(),
                     [](const section& s) {
                       return std::all_of(s.rows.begin(), s.rows.end(),
                                          [](const auto& m) { return m.complete == m.clients; });
                     }) &&
         problems.empty();
}

std::vector<ratio> report::ratios() const {
  // Use the section with the most clients, which has the most samples.
  const auto best = std::max_element(sections.begin(), sections.end(), [](const auto& a, const auto& b) {
    const auto size = [](const section& s) { return s.rows.empty() || s.tls ? 0 : s.rows.front().clients; };
    return size(a) < size(b);
  });
  return best == sections.end() ? std::vector<ratio>{} : section_ratios(*best);
}

}  // namespace streamdemo::compare
