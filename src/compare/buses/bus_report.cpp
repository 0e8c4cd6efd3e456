#include "compare/buses/bus_report.hpp"

#include <algorithm>

namespace streamdemo::compare {

namespace {

// The last result before `killed_at`; nullptr: there was none, or it came from another process.
const arrival* last_from(const observation& o, std::string_view worker, base::sys_time killed_at) {
  const arrival* last = nullptr;
  for (const auto& r : o.results()) {
    if (r.arrived <= killed_at) last = &r;
  }
  return last != nullptr && std::string_view(last->source).starts_with(worker) ? last : nullptr;
}

}  // namespace

void judge_calm(bus_row& row, const std::vector<observation>& seen) {
  using milliseconds = std::chrono::duration<double, std::milli>;
  std::vector<double> accepted, delays;
  for (const auto& o : seen) {
    accepted.push_back(milliseconds(o.accepted - o.submitted).count());
    for (const auto& r : o.results()) delays.push_back(milliseconds(r.arrived - r.made).count());
  }
  row.accept_ms = summarize(std::move(accepted));
  row.delay_ms = summarize(std::move(delays));
}

std::vector<double> silences(const std::vector<observation>& seen, std::string_view worker, base::sys_time killed_at) {
  std::vector<double> out;
  for (const auto& o : seen) {
    const auto* last = last_from(o, worker, killed_at);
    if (last == nullptr) continue;
    const auto next =
        std::find_if(o.results().begin(), o.results().end(), [&](const arrival& r) { return r.arrived > killed_at; });
    if (next != o.results().end()) {
      out.push_back(std::chrono::duration<double>(next->arrived - last->arrived).count());
    }
  }
  return out;
}

std::vector<double> first_events(const std::vector<observation>& seen, std::string_view worker,
                                 base::sys_time killed_at) {
  std::vector<double> out;
  for (const auto& o : seen) {
    const auto* last = last_from(o, worker, killed_at);
    if (last == nullptr) continue;
    // What the killed process had sent may still arrive, so only another attempt counts.
    const auto next = std::find_if(o.attempts().begin(), o.attempts().end(),
                                   [&](const attempt_start& a) { return a.attempt > last->attempt; });
    if (next != o.attempts().end()) out.push_back(std::chrono::duration<double>(next->arrived - killed_at).count());
  }
  return out;
}

kill_row judge_kill(std::string name, const std::vector<observation>& seen, const task_shape& shape,
                    std::string_view worker, base::sys_time killed_at) {
  kill_row row{.name = std::move(name), .tasks = seen.size()};
  for (const auto& o : seen) {
    if (o.complete(shape)) ++row.finished;
    if (last_from(o, worker, killed_at) != nullptr) ++row.on_the_killed;
    const auto before = static_cast<std::size_t>(std::count_if(
        o.results().begin(), o.results().end(), [&](const arrival& r) { return r.arrived <= killed_at; }));
    row.results_before += before;
    if (before == 0) ++row.waiting;
  }
  row.silence_s = summarize(silences(seen, worker, killed_at));
  row.next_attempt_s = summarize(first_events(seen, worker, killed_at));
  return row;
}

}  // namespace streamdemo::compare
