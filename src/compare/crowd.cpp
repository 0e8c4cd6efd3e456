#include "compare/crowd.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <numeric>
#include <streamdemo/base/event.hpp>

namespace streamdemo::compare {

namespace {

using std::chrono::steady_clock;

constexpr auto patience_beyond = std::chrono::seconds(300);
constexpr auto about_a_second = std::chrono::milliseconds(1000);
constexpr auto show_every = std::chrono::milliseconds(200);
// For a task that nobody watches: what is given to it beyond its own time.
constexpr auto unwatched_slack = std::chrono::milliseconds(500);

base::sys_time now() {
  return base::system_clock().now();
}

base::awaitable<void> one_client(const place& at, base::executor ex, const transport& how, const task_shape& shape,
                                 base::steady_time start, http::wire_counts& submit_wire, observation& seen) {
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
    co_await follow(at, ex, how, *id, {steady_clock::now() + shape.duration() * 2 + patience_beyond}, seen);
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
  // Over `turns` intervals, client i is i * turns / clients of an interval behind the first: all are different when
  // the two numbers have no common divisor.
  auto turns = std::max<std::chrono::milliseconds::rep>(1, about_a_second / interval);
  while (std::gcd(turns, static_cast<std::chrono::milliseconds::rep>(clients)) > 1) ++turns;
  return interval * turns;
}

crowd_result run_crowd(const place& at, const transport& how, const task_shape& shape, int clients, progress& shown,
                       const crowd_options& options) {
  crowd_result out;
  out.seen.resize(static_cast<std::size_t>(clients));
  const auto everyone = [&](base::executor ex) -> base::awaitable<void> {
    const auto start = steady_clock::now();
    auto left = out.seen.size();
    base::event one_is_done(ex);
    for (std::size_t i = 0; i < out.seen.size(); ++i) {
      const auto when = start + std::chrono::nanoseconds(options.spread_over) * i / out.seen.size();
      asio::co_spawn(ex, one_client(at, ex, how, shape, when, out.submit_wire, out.seen[i]),
                     [&, i](std::exception_ptr e) {
                       if (e) out.seen[i].failure = "the client itself failed";
                       --left;
                       one_is_done.notify_all();
                     });
    }
    if (options.beside) asio::co_spawn(ex, options.beside(out.seen), [](std::exception_ptr) {});
    asio::co_spawn(ex, show(out.seen, shape, shown), [](std::exception_ptr) {});
    while (left > 0) co_await one_is_done.wait();
  };
  out.interrupted = !run_alone(everyone);
  return out;
}

void look_afterwards(const place& at, std::vector<observation>& seen) {
  const auto all = [&](base::executor ex) -> base::awaitable<void> {
    const transport once{.name = {}, .label = {}, .method = method::poll, .interval = std::chrono::milliseconds(500)};
    for (auto& o : seen) {
      if (o.request_id.empty()) continue;
      co_await follow(at, ex, once, o.request_id, {steady_clock::now() + patience_beyond}, o);
      o.requests = o.empty_answers = 0;
      o.wire = {};
    }
  };
  run_alone(all);
}

bool run_alone(const std::function<base::awaitable<void>(base::executor)>& body) {
  asio::io_context context(1);
  bool whole = false;
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code ec, int) {
    if (!ec) context.stop();
  });
  std::exception_ptr failed;
  asio::co_spawn(context.get_executor(), body(context.get_executor()), [&](std::exception_ptr e) {
    failed = e;
    whole = true;
    context.stop();
  });
  context.run();
  if (failed) std::rethrow_exception(failed);
  return whole;
}

}  // namespace streamdemo::compare
