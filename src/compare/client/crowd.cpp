#include "compare/client/crowd.hpp"

#include <fmt/format.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <numeric>
#include <streamdemo/base/notifier.hpp>

namespace streamdemo::compare {

namespace {

using std::chrono::steady_clock;

constexpr auto patience_beyond = std::chrono::seconds(300);
constexpr auto about_a_second = std::chrono::milliseconds(1000);
constexpr auto show_every = std::chrono::milliseconds(200);
// How much longer than its own duration an unwatched task gets.
constexpr auto unwatched_slack = std::chrono::milliseconds(500);

base::awaitable<void> one_client(const place& at, base::executor ex, const transport& how, const task_shape& shape,
                                 base::steady_time start, std::chrono::milliseconds away,
                                 http::wire_counts& submit_wire, observation& seen) {
  co_await base::sleep_until(start);
  seen.submitted = now();
  const auto id = co_await submit(at, ex, "simulate", shape.json(), submit_wire);
  if (!id) {
    seen.failure = id.error().message;
    co_return;
  }
  seen.accepted = now();
  seen.request_id = *id;
  if (how.method == method::nobody) {
    co_await base::sleep_for(shape.duration() + unwatched_slack);
  } else {
    const patience limit{.until = steady_clock::now() + shape.duration() * 2 + patience_beyond, .away = away};
    co_await follow(at, ex, how, *id, limit, seen);
  }
}

base::awaitable<void> show(const std::vector<observation>& seen, const task_shape& shape, progress& shown) {
  for (;;) {
    co_await base::sleep_for(show_every);
    std::size_t results = 0;
    for (const auto& o : seen) results += o.results().size();
    shown.detail(fmt::format("{} of {} results", results, seen.size() * static_cast<std::size_t>(shape.results)));
  }
}

}  // namespace

std::chrono::milliseconds out_of_step(int clients, std::chrono::milliseconds interval) {
  if (interval.count() <= 0) return about_a_second;
  // Spread over `turns` intervals, client i starts i * turns / clients intervals after the first one. The results of
  // all clients come at different moments if the two numbers have no common divisor.
  auto turns = std::max<std::chrono::milliseconds::rep>(1, about_a_second / interval);
  while (std::gcd(turns, static_cast<std::chrono::milliseconds::rep>(clients)) > 1) ++turns;
  return interval * turns;
}

crowd_result run_crowd(const place& at, const transport& how, const task_shape& shape, int clients, progress& shown,
                       const crowd_options& options) {
  crowd_result out;
  out.seen.resize(static_cast<std::size_t>(clients));
  const auto everyone = [&](lone_loop& loop) -> base::awaitable<void> {
    const auto start = steady_clock::now();
    std::vector<std::function<base::awaitable<void>()>> bodies;
    for (std::size_t i = 0; i < out.seen.size(); ++i) {
      const auto when = start + std::chrono::nanoseconds(options.spread_over) * i / out.seen.size();
      bodies.emplace_back([&, i, when] {
        return one_client(at, loop.ex, how, shape, when, options.away, out.submit_wire, out.seen[i]);
      });
    }
    if (options.beside) loop.owner.spawn([&] { return options.beside(out.seen); });
    loop.owner.spawn([&] { return show(out.seen, shape, shown); });
    co_await loop.all_of(std::move(bodies));
  };
  out.interrupted = !run_alone(everyone).has_value();
  return out;
}

base::result<void> look_afterwards(const place& at, std::vector<observation>& seen) {
  const auto all = [&](lone_loop& loop) -> base::awaitable<void> {
    const transport once{.name = {}, .label = {}, .method = method::poll, .interval = std::chrono::milliseconds(500)};
    for (auto& o : seen) {
      if (o.request_id.empty()) continue;
      co_await follow(at, loop.ex, once, o.request_id, {steady_clock::now() + patience_beyond}, o);
      o.requests = o.empty_answers = 0;
      o.wire = {};
    }
  };
  return run_alone(all);
}

base::awaitable<void> lone_loop::all_of(std::vector<std::function<base::awaitable<void>()>> bodies) {
  // Shared with the coroutines, because they may outlive a canceled caller.
  struct countdown {
    countdown(base::executor ex, std::size_t n) : left(n), zero(ex) {}
    void one_ended(std::exception_ptr why) {
      if (why && !failed) failed = why;
      if (--left == 0) zero.notify_all();
    }
    std::size_t left;
    base::notifier zero;
    std::exception_ptr failed;
  };
  const auto run = [](std::function<base::awaitable<void>()> body,
                      std::shared_ptr<countdown> all) -> base::awaitable<void> {
    std::exception_ptr why;
    try {
      co_await body();
    } catch (...) {
      why = std::current_exception();
    }
    all->one_ended(why);
  };
  const auto running = std::make_shared<countdown>(ex, bodies.size());
  for (auto& body : bodies) {
    owner.spawn([run, body = std::move(body), running] { return run(body, running); });
  }
  while (running->left > 0) co_await running->zero.wait();
  if (running->failed) std::rethrow_exception(running->failed);
}

base::result<void> run_alone(const std::function<base::awaitable<void>(lone_loop&)>& body) {
  asio::io_context context(1);
  const base::logger log("lab");
  base::task_group owner(context.get_executor(), log, "the lab");
  lone_loop loop{context.get_executor(), owner};
  bool stopped = false;
  std::exception_ptr failed;
  asio::signal_set signals(context, SIGINT, SIGTERM);
  asio::cancellation_signal stop;
  signals.async_wait([&](boost::system::error_code ec, int) {
    if (ec) return;
    stopped = true;
    owner.cancel();
    stop.emit(asio::cancellation_type::terminal);
  });
  // Listen for signals until the last coroutine has ended, since joining thousands of them takes time.
  const auto all_ended = [&](std::exception_ptr) { signals.cancel(); };
  const auto body_ended = [&](std::exception_ptr why) {
    failed = why;
    owner.cancel();
    asio::co_spawn(loop.ex, owner.join(), all_ended);
  };
  asio::co_spawn(loop.ex, body(loop), asio::bind_cancellation_slot(stop.slot(), body_ended));
  context.run();
  if (failed && !(stopped && base::means_canceled(failed))) std::rethrow_exception(failed);
  if (stopped) return base::error{base::errc::canceled, "you stopped it"};
  return {};
}

}  // namespace streamdemo::compare
