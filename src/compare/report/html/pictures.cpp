#include "compare/report/html/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compare/report/html/page.hpp"
#include "compare/report/table.hpp"

namespace streamdemo::compare::html {

namespace {

// The logarithmic axis of delays, in powers of ten of milliseconds: 10 µs to 100 s. Values beyond are drawn at its
// ends.
constexpr double low_power = -2, high_power = 5;
constexpr int bins_per_power = 8;

bool shows(const measurement& m) {
  return m.transport.method != method::nobody;
}

double on_log_axis(double ms) {
  return std::clamp((std::log10(std::max(ms, 1e-9)) - low_power) / (high_power - low_power), 0.0, 1.0);
}

std::string bytes_text(double bytes) {
  if (bytes >= 1e6) return number(bytes / 1e6) + " MB";
  if (bytes >= 1e3) return number(bytes / 1e3) + " kB";
  return number(bytes) + " B";
}

std::string milliseconds_text(double ms) {
  return ms >= 1000 ? number(ms / 1000) + " s" : number(ms) + " ms";
}

strip histogram(const measurement& m) {
  strip out;
  for (double power = low_power; power <= high_power; ++power) {
    out.tick((power - low_power) / (high_power - low_power), "grid");
  }
  constexpr auto bins = static_cast<std::size_t>((high_power - low_power) * bins_per_power);
  std::vector<double> counts(bins, 0);
  for (const double ms : m.delays_ms) {
    const auto at = static_cast<std::size_t>(on_log_axis(ms) * bins);
    ++counts[std::min(at, bins - 1)];
  }
  const double most = *std::max_element(counts.begin(), counts.end());
  for (std::size_t i = 0; i < bins; ++i) {
    // Draw rare values with a minimal height, so that they are visible.
    if (counts[i] > 0)
      out.bar(double(i) / bins, double(i + 1) / bins, colour(m.transport), std::max(0.06, counts[i] / most));
  }
  return out;
}

std::vector<std::pair<double, std::string>> log_ticks() {
  return {{0, "10 µs"},       {1 / 7.0, "0.1 ms"}, {2 / 7.0, "1 ms"}, {3 / 7.0, "10 ms"},
          {4 / 7.0, "0.1 s"}, {5 / 7.0, "1 s"},    {6 / 7.0, "10 s"}, {1, "100 s"}};
}

}  // namespace

std::string colour(const transport& t) {
  return t.streams() ? "flow" : t.method == method::long_poll ? "wait" : "poll";
}

std::string timeline(const section& s) {
  double end = 0;
  for (const auto& m : s.rows) {
    for (const double t : m.arrived_ms) end = std::max(end, t);
  }
  if (end <= 0) return {};
  end *= 1.02;
  std::string out = legend(
      {{"made", "a result exists"}, {"poll", "a poll brings it"}, {"wait", "a long poll"}, {"flow", "a stream"}});
  for (const auto& m : s.rows) {
    if (!shows(m)) continue;
    strip lane_strip;
    for (const double t : m.made_ms) lane_strip.tick(t / end, "made");
    for (const double t : m.arrived_ms) lane_strip.tick(t / end, colour(m.transport));
    out += lane(m.transport.label, lane_strip,
                m.arrived_ms.empty() ? "nothing came" : milliseconds_text(m.arrived_ms.front()));
  }
  std::vector<std::pair<double, std::string>> ticks;
  for (int i = 0; i <= 4; ++i) ticks.emplace_back(i / 4.0, fmt::format("{:.1f} s", end * i / 4000));
  return out + axis(ticks);
}

std::string delays(const section& s) {
  std::string out;
  for (const auto& m : s.rows) {
    if (shows(m) && m.delay_ms)
      out += lane(m.transport.label, histogram(m), "p50 " + milliseconds_text(m.delay_ms->p50));
  }
  return out.empty() ? out : out + axis(log_ticks());
}

std::string bars(const std::vector<bar_row>& rows, const std::string& front_css, const std::string& back_css) {
  double most = 0;
  for (const auto& r : rows) most = std::max(most, r.front + r.back);
  if (most <= 0) return {};
  std::string out;
  for (const auto& r : rows) {
    strip s;
    s.bar(0, r.front / most, front_css.empty() ? r.css : front_css);
    s.bar(r.front / most, (r.front + r.back) / most, back_css.empty() ? r.css : back_css);
    out += lane(r.label, s, r.note);
  }
  return out;
}

std::string request_bars(const section& s) {
  std::vector<bar_row> rows;
  for (const auto& m : s.rows) {
    if (!shows(m)) continue;
    rows.push_back({m.transport.label,
                    {},
                    count(m.requests),
                    static_cast<double>(m.requests - m.empty_answers),
                    static_cast<double>(m.empty_answers)});
  }
  return legend({{"poll", "with news"}, {"empty", "without"}}) + bars(rows, "poll", "empty");
}

std::string byte_bars(const section& s) {
  std::vector<bar_row> rows;
  for (const auto& m : s.rows) {
    if (!shows(m)) continue;
    const auto sent = static_cast<double>(m.wire.bytes_sent), received = static_cast<double>(m.wire.bytes_received);
    rows.push_back({m.transport.label, {}, bytes_text(sent + received), sent, received});
  }
  return legend({{"sent", "sent by the clients"}, {"flow", "received"}}) + bars(rows, "sent", "flow");
}

std::string cpu_bars(const section& s) {
  std::vector<bar_row> rows;
  for (const auto& m : s.rows) {
    if (m.server_cpu_us) {
      rows.push_back(
          {m.transport.label, {}, number(*m.server_cpu_us) + " µs", *m.server_cpu_us, m.proxy_cpu_us.value_or(0)});
    }
  }
  if (rows.empty()) return {};
  return legend({{"flow", "server"}, {"sent", "proxy (where there is one)"}}) + bars(rows, "flow", "sent");
}

std::string memory_bars(const report& r) {
  std::vector<bar_row> rows;
  for (const auto& s : r.sections) {
    for (const auto& m : s.rows) {
      if (m.bytes_per_waiter) {
        rows.push_back({m.transport.label, colour(m.transport), bytes_text(*m.bytes_per_waiter),
                        std::max(0.0, *m.bytes_per_waiter), 0});
      }
    }
  }
  return bars(rows, {}, {});
}

}  // namespace streamdemo::compare::html
