#include <streamdemo/base/notifier.hpp>

#include "compare/buses/trials.hpp"
#include "compare/client/crowd.hpp"

namespace streamdemo::compare {

namespace {

using base::errc;
using base::error;

const task_shape long_enough{.results = 24, .interval_ms = 500};
constexpr std::size_t results_first = 3;  // how many results every running task must have before the kill
constexpr auto look_again_after = std::chrono::milliseconds(20);
constexpr auto longest_away = std::chrono::seconds(60);

bool all_accepted(const std::vector<observation>& seen) {
  return std::all_of(seen.begin(), seen.end(), [](const observation& o) { return !o.request_id.empty(); });
}

std::ptrdiff_t count_running(const std::vector<observation>& seen) {
  return std::count_if(seen.begin(), seen.end(),
                       [](const observation& o) { return o.results().size() >= results_first; });
}

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

base::result<kill_row> kill_of(const trial& t, int running, int waiting, progress& shown) {
  shown.step(t.name + ": starting");
  auto started = deployment::start(t.program, t.plan);
  if (!started) return started.error();
  auto& service = **started;
  if (auto ready = service.warm_up(shown); !ready) return ready.error();
  const bool alone = t.plan.bus.one_process;
  auto& victim = service.worker(0);
  base::sys_time killed_at{}, ready_at{};
  base::result<void> restarted;
  // The first worker is killed once so many tasks have their first results and all the others are accepted.
  const auto killer = [&](const std::vector<observation>& seen) -> base::awaitable<void> {
    while (!all_accepted(seen) || count_running(seen) < running) co_await base::sleep_for(look_again_after);
    killed_at = base::system_clock().now();
    victim.kill();
    if (!alone) co_return;
    restarted = victim.start_again();
    while (restarted && ready_at == base::sys_time{}) {
      const auto ready = victim.ready({});
      if (!ready) restarted = ready.error();
      if (ready && *ready) ready_at = base::system_clock().now();
      co_await base::sleep_for(look_again_after);
    }
  };
  shown.step(t.name);
  const transport sse{"sse", "SSE", method::sse};
  const auto result =
      run_crowd(service.at(), sse, long_enough, running + waiting, shown,
                {.spread_over = std::chrono::milliseconds(500), .beside = killer, .away = longest_away});
  if (result.interrupted) return error{errc::canceled, "you stopped it"};
  if (killed_at == base::sys_time{}) {
    return error{errc::unavailable, "not every task came to run: " + result.seen.front().failure};
  }
  if (!restarted) return restarted.error();
  // Clients that learn that their task is lost may have ended before the line that says that the server is ready.
  if (alone && ready_at == base::sys_time{}) {
    if (auto ready = victim.wait_until_ready(); !ready) return ready.error();
    ready_at = base::system_clock().now();
  }
  auto row = judge_kill(t.name, result.seen, long_enough, alone ? "" : service.worker_name(0), killed_at);
  row.bus = t.plan.bus.id;
  if (alone) row.ready_s = std::chrono::duration<double>(ready_at - killed_at).count();
  shown.step(t.name + ": asking for each task");
  const auto unknown = count_unknown(service.at(), result.seen);
  if (!unknown) return unknown.error();
  row.unknown_after = *unknown;
  return row;
}

}  // namespace streamdemo::compare
