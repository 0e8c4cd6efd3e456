#include "compare/client/waiters.hpp"

#include <streamdemo/base/notifier.hpp>

#include "compare/client/crowd.hpp"
#include "compare/measure/process_probe.hpp"

namespace streamdemo::compare {

namespace {

using base::errc;
using base::error;
using std::chrono::steady_clock;

constexpr auto look_every = std::chrono::milliseconds(100);
constexpr auto longest = std::chrono::seconds(20);
constexpr std::uint64_t quiet_ns = 2'000'000;
constexpr int first_ones = 50;  // clients before the measurement, so that memory that is allocated once does not count

// Gives one result at once and the next one after ten minutes.
const task_shape waiting_task{.results = 2, .interval_ms = 600'000};
constexpr std::int64_t events_at_once = 4;  // accepted, started, result, progress

// Waits until the server is idle.
base::awaitable<void> settle(pid_t pid) {
  auto before = cpu_ns(pid).value_or(0);
  for (const auto end = steady_clock::now() + longest; steady_clock::now() < end;) {
    co_await base::sleep_for(look_every);
    const auto now = cpu_ns(pid).value_or(0);
    if (now - before < quiet_ns) co_return;
    before = now;
  }
}

struct waiting_room {
  const place& at;
  const transport& how;
  const std::string id;
  std::vector<observation> seen;

  base::awaitable<base::result<void>> fill(lone_loop& loop);
};

base::awaitable<base::result<void>> waiting_room::fill(lone_loop& loop) {
  for (auto& s : seen) {
    loop.owner.spawn([&] { return follow(at, loop.ex, how, id, {steady_clock::now() + std::chrono::hours(1)}, s); });
  }
  const auto in = [&](const observation& o) {
    const bool asks_once = !how.streams() && how.method != method::long_poll;
    return asks_once ? o.requests > 0 : o.cursor() >= events_at_once;
  };
  for (const auto end = steady_clock::now() + longest; steady_clock::now() < end;) {
    co_await base::sleep_for(look_every);
    if (std::all_of(seen.begin(), seen.end(), in)) co_return base::result<void>{};
  }
  for (const auto& s : seen) {
    if (!s.failure.empty()) co_return error{errc::unavailable, s.failure};
  }
  co_return error{errc::timed_out, "not every client had its first answer in time"};
}

base::awaitable<base::result<double>> grown_by(const place& at, lone_loop& loop, const transport& how, int clients,
                                               pid_t pid, std::unique_ptr<waiting_room>& first,
                                               std::unique_ptr<waiting_room>& all) {
  http::wire_counts wire;
  const auto id = co_await submit(at, loop.ex, "simulate", waiting_task.json(), wire);
  if (!id) co_return id.error();
  first = std::make_unique<waiting_room>(at, how, *id, std::vector<observation>(first_ones));
  const auto warm = co_await first->fill(loop);
  if (!warm) co_return warm.error();
  co_await settle(pid);
  const auto before = anonymous_bytes(pid);
  all = std::make_unique<waiting_room>(at, how, *id, std::vector<observation>(static_cast<std::size_t>(clients)));
  const auto filled = co_await all->fill(loop);
  if (!filled) co_return filled.error();
  co_await settle(pid);
  const auto after = anonymous_bytes(pid);
  if (!before || !after) co_return error{errc::io, "/proc does not say how much memory the server uses"};
  co_return (static_cast<double>(*after) - static_cast<double>(*before)) / clients;
}

}  // namespace

base::result<double> server_bytes_per_waiter(const std::filesystem::path& program, const transport& how, int clients) {
  auto server = server_process::start(program, {});
  if (!server) return server.error();
  auto at = parse_place((*server)->url(), false);
  if (!at) return at.error();
  // Polling clients poll once and then wait for the time of the next poll.
  transport once = how;
  if (once.interval.count() > 0) once.interval = std::chrono::hours(1);
  base::result<double> out = 0.0;
  std::unique_ptr<waiting_room> first, all;  // must outlive the loop, whose coroutines write into them
  const auto body = [&](lone_loop& loop) -> base::awaitable<void> {
    out = co_await grown_by(*at, loop, once, clients, (*server)->pid(), first, all);
  };
  const auto ran = run_alone(body);
  (*server)->kill();
  if (!ran) return ran.error();
  return out;
}

}  // namespace streamdemo::compare
