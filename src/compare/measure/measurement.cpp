#include "compare/measure/measurement.hpp"

#include <algorithm>

namespace streamdemo::compare {

namespace {

double milliseconds(base::microseconds d) {
  return static_cast<double>(d.count()) / 1000.0;
}

}  // namespace

measurement sum_up(const transport& how, const std::vector<observation>& seen, const task_shape& shape,
                   bool same_clock) {
  measurement m;
  m.transport = how;
  m.clients = seen.size();
  std::vector<double> firsts;
  // Nobody received the results as they came, so there are no delays.
  if (how.method == method::nobody) same_clock = false;
  for (const auto& o : seen) {
    if (o.complete(shape)) ++m.complete;
    if (m.failure.empty()) m.failure = o.failure;
    m.tasks.push_back(o.request_id);
    m.delivered += o.results().size();
    m.requests += o.requests;
    m.empty_answers += o.empty_answers;
    m.wire += o.wire;
    if (!o.results().empty() && how.method != method::nobody)
      firsts.push_back(milliseconds(o.results().front().arrived - o.submitted));
    for (const auto& r : o.results()) {
      if (same_clock) m.delays_ms.push_back(milliseconds(r.arrived - r.made));
    }
  }
  std::sort(m.delays_ms.begin(), m.delays_ms.end());
  m.first_ms = summarize(std::move(firsts));
  m.delay_ms = summarize(m.delays_ms);
  if (!seen.empty() && how.method != method::nobody) {
    for (const auto& r : seen.front().results()) {
      if (same_clock) m.made_ms.push_back(milliseconds(r.made - seen.front().submitted));
      m.arrived_ms.push_back(milliseconds(r.arrived - seen.front().submitted));
    }
  }
  return m;
}

void keep_least(measurement& m, const measurement& again) {
  if (m.complete != m.clients || again.complete != again.clients) return;
  const auto keep = [](std::optional<double>& least, const std::optional<double>& other) {
    if (least && other) least = std::min(*least, *other);
  };
  keep(m.server_cpu_us, again.server_cpu_us);
  keep(m.proxy_cpu_us, again.proxy_cpu_us);
  keep(m.client_cpu_us, again.client_cpu_us);
  if (!m.delay_ms || !again.delay_ms || again.delay_ms->p50 >= m.delay_ms->p50) return;
  m.first_ms = again.first_ms;
  m.delay_ms = again.delay_ms;
  m.delays_ms = again.delays_ms;
}

}  // namespace streamdemo::compare
