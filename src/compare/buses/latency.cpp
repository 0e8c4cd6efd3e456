#include <fmt/format.h>

#include <streamdemo/base/notifier.hpp>
#include <thread>

#include "compare/buses/trials.hpp"
#include "compare/client/crowd.hpp"

namespace streamdemo::compare {

namespace {

using base::errc;
using base::error;
using std::chrono::steady_clock;

constexpr auto ask_every = std::chrono::milliseconds(5);
constexpr auto ask_for = std::chrono::seconds(4);
constexpr auto work_first = std::chrono::milliseconds(500);
// Tasks that last longer than the measurement, which ends with its servers.
const task_shape burning_for_long{.results = 5000, .interval_ms = 0, .payload_bytes = 0, .burn_ms = 20};
const task_shape flooding{.results = 1'000'000, .interval_ms = 0, .payload_bytes = 200};
constexpr const char* programs_kind = R"([tasks.burn]
command = ["sh", "-c", "i=0; while [ $i -lt 200000000 ]; do i=$((i+1)); done"]
)";

base::awaitable<base::result<void>> begin(const place& at, base::executor ex, work w) {
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  const int tasks = w == work::none ? 0 : w == work::flood ? 1 : 2 * cores;
  http::wire_counts wire;
  for (int i = 0; i < tasks; ++i) {
    const bool program = w == work::programs;
    auto body = program ? std::string("{}") : w == work::burn ? burning_for_long.json() : flooding.json();
    const auto id = co_await submit(at, ex, program ? "burn" : "simulate", std::move(body), wire);
    if (!id) co_return id.error();
  }
  co_return base::result<void>{};
}

base::awaitable<base::result<std::vector<double>>> ask(const place& at, base::executor ex) {
  const auto c = at.client(ex);
  std::vector<double> took;
  auto next = steady_clock::now();
  for (const auto end = next + ask_for; next < end; next = std::max(next + ask_every, steady_clock::now())) {
    co_await base::sleep_until(next);
    const auto start = steady_clock::now();
    std::vector<http::field> none;
    const auto answer =
        co_await c->send(http::verb::get, "/api/kinds", std::move(none), {}, start + std::chrono::seconds(20));
    if (!answer) co_return answer.error();
    took.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - start).count());
  }
  co_return took;
}

}  // namespace

base::result<latency_row> latency_of(const trial& t, work w, progress& shown) {
  shown.step("answers of the web server: " + t.name);
  auto plan = t.plan;
  // Enough concurrency to run all the work at once.
  plan.concurrency = 2 * static_cast<int>(std::thread::hardware_concurrency());
  if (w == work::programs) plan.config_text = programs_kind;
  auto started = deployment::start(t.program, plan);
  if (!started) return started.error();
  auto& service = **started;
  base::result<std::vector<double>> took = std::vector<double>{};
  const auto all = [&](lone_loop& loop) -> base::awaitable<void> {
    const auto begun = co_await begin(service.at(), loop.ex, w);
    if (!begun) {
      took = begun.error();
      co_return;
    }
    co_await base::sleep_for(work_first);
    took = co_await ask(service.at(), loop.ex);
  };
  const auto ran = run_alone(all);
  service.worker(0).kill();
  service.gateway().kill();
  if (!ran) return ran.error();
  if (!took) return took.error();
  return latency_row{.name = t.name, .answer_ms = summarize(std::move(*took))};
}

}  // namespace streamdemo::compare
