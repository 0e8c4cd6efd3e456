#include <streamdemo/base/notifier.hpp>

#include "compare/buses/trials.hpp"
#include "compare/client/crowd.hpp"

namespace streamdemo::compare {

namespace {

using base::errc;
using base::error;

const task_shape long_enough{.results = 24, .interval_ms = 500};
constexpr std::size_t results_first = 3;  // how many results every task must have before the kill
constexpr auto ask_again_after = std::chrono::milliseconds(20);

base::awaitable<void> ask(const place& at, base::executor ex, const std::string& id, std::size_t& unknown) {
  const auto c = at.client(ex);
  std::vector<http::field> none;
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const auto answer = co_await c->send(http::verb::get, "/api/tasks/" + id, std::move(none), {}, limit);
  if (answer && answer->status == 404) ++unknown;
}

// Counts the tasks that the service does not know.
base::result<std::size_t> count_unknown(const place& at, const std::vector<observation>& seen) {
  std::size_t unknown = 0;
  const auto all = [&](lone_loop& loop) -> base::awaitable<void> {
    std::vector<std::function<base::awaitable<void>()>> questions;
    for (const auto& o : seen) {
      questions.emplace_back([&] { return ask(at, loop.ex, o.request_id, unknown); });
    }
    co_await loop.all_of(std::move(questions));
  };
  if (auto ran = run_alone(all); !ran) return ran.error();
  return unknown;
}

}  // namespace

base::result<kill_row> kill_of(const trial& t, int tasks, progress& shown) {
  const auto name = t.name + ", kill -9";
  shown.step(name + ": starting");
  auto started = deployment::start(t.program, t.plan);
  if (!started) return started.error();
  auto& service = **started;
  if (auto ready = service.warm_up(shown); !ready) return ready.error();
  base::sys_time killed_at{};
  // The first worker is killed once every task has its first results.
  const auto killer = [&](const std::vector<observation>& seen) -> base::awaitable<void> {
    const auto running = [](const observation& o) { return o.results().size() >= results_first; };
    while (!std::all_of(seen.begin(), seen.end(), running)) co_await base::sleep_for(ask_again_after);
    killed_at = base::system_clock().now();
    service.worker(0).kill();
  };
  shown.step(name);
  const transport sse{"sse", "SSE", method::sse};
  const auto result = run_crowd(service.at(), sse, long_enough, tasks, shown,
                                {.spread_over = std::chrono::milliseconds(500), .beside = killer});
  if (result.interrupted) return error{errc::canceled, "you stopped it"};
  if (killed_at == base::sys_time{}) {
    return error{errc::unavailable, "not every task came to run: " + result.seen.front().failure};
  }
  const bool one_process = t.plan.brokers.empty();
  auto row = judge_kill(name, result.seen, long_enough, one_process ? "" : service.worker_name(0), killed_at);
  std::unique_ptr<deployment> again;
  if (one_process) {
    shown.step(name + ": asking the restarted service");
    auto started_again = deployment::start(t.program, t.plan);
    if (!started_again) return started_again.error();
    again = std::move(*started_again);
  }
  const auto unknown = count_unknown(again ? again->at() : service.at(), result.seen);
  if (!unknown) return unknown.error();
  row.unknown_after = *unknown;
  return row;
}

}  // namespace streamdemo::compare
