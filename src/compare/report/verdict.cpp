#include "compare/report/verdict.hpp"

#include <fmt/format.h>

#include "compare/report/table.hpp"

namespace streamdemo::compare {

namespace {

using row = const measurement*;

bool good(row m) {
  return m != nullptr && m->complete == m->clients && m->delay_ms && m->first_ms && m->requests > 0;
}

double bytes(row m) {
  return static_cast<double>(m->wire.bytes_sent + m->wire.bytes_received);
}

void classic(std::vector<std::string>& to, row poll, row sse) {
  if (!good(poll) || !good(sse)) return;
  to.push_back(
      fmt::format("The first result was there after {} ms over SSE, after {} ms with the classic poll, which "
                  "shows nothing before the whole job is done.",
                  number(sse->first_ms->p50), number(poll->first_ms->p50)));
}

void fast_poll(std::vector<std::string>& to, row poll, row sse) {
  if (!good(poll) || !good(sse)) return;
  to.push_back(fmt::format(
      "Polling every {} ms: half of the results were later than {} ms (SSE: {} ms), for {} requests where SSE had {}, "
      "{} % of "
      "them without news, and {} times the bytes.",
      poll->transport.interval.count(), number(poll->delay_ms->p50), number(sse->delay_ms->p50), count(poll->requests),
      count(sse->requests),
      number(100.0 * static_cast<double>(poll->empty_answers) / static_cast<double>(poll->requests)),
      number(bytes(poll) / bytes(sse))));
}

void long_poll(std::vector<std::string>& to, row poll, row sse) {
  if (!good(poll) || !good(sse)) return;
  to.push_back(fmt::format("Long polling was as quick as {} ms in the median (SSE: {} ms), for {} times the bytes.",
                           number(poll->delay_ms->p50), number(sse->delay_ms->p50), number(bytes(poll) / bytes(sse))));
}

void websocket(std::vector<std::string>& to, row ws, row sse) {
  if (!good(ws) || !good(sse)) return;
  to.push_back(fmt::format("WebSocket: {} ms, {} times SSE's bytes.", number(ws->delay_ms->p50),
                           number(bytes(ws) / bytes(sse))));
}

}  // namespace

std::vector<std::string> verdicts(const report& r) {
  std::vector<std::string> out;
  if (r.sections.empty()) return out;
  const auto& s = r.sections.front();
  const auto* sse = s.find("sse");
  classic(out, s.find("classic"), sse);
  fast_poll(out, s.find("poll-100ms"), sse);
  long_poll(out, s.find("long-poll"), sse);
  websocket(out, s.find("websocket"), sse);
  return out;
}

}  // namespace streamdemo::compare
