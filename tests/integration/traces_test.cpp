// That tasks and their events are the same with traces, and that no trace is lost on the way. What is in a trace is
// tested with OpenTelemetry's own classes: tests/traces.
#include <doctest/doctest.h>

#include "integration/stream_reader.hpp"
#include "support/trace_receiver.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

constexpr int tasks = 3;
constexpr int readers = 3;
// POST, send accepted, send request, wait, run, and both ways of two results and the end.
constexpr std::size_t spans_of_a_task = 5 + 2 * 3;

tracing::read_options to(const trace_receiver& r) {
  tracing::read_options o;
  o.found.on = true;
  o.found.url = r.url();
  o.found.root = tracing::sampling::always;
  o.found.delay = base::milliseconds(5);
  return o;
}

base::awaitable<int> count_events(base::executor ex, std::uint16_t port, std::string id, transport how) {
  stream_reader reader(ex, port, how, std::move(id), 0);
  int n = 0;
  while (const auto e = co_await reader.next()) ++n;
  co_return n;
}

base::awaitable<std::string> metric(base::executor ex, const app_fixture& app, std::string name) {
  caller management(ex, app.management_port());
  const auto all = (co_await management.get("/metrics")).body;
  const auto at = all.find("\n" + name + " ") + 1;
  co_return at == 0 ? std::string() : all.substr(at + name.size() + 1, all.find('\n', at) - at - name.size() - 1);
}

base::awaitable<void> read_all(base::executor ex, std::uint16_t port) {
  caller c(ex, port);
  std::vector<std::string> ids;
  for (int i = 0; i < tasks; ++i) ids.push_back(co_await c.submit("simulate", R"({"results":2,"interval_ms":1})"));
  for (int i = 0; i < readers; ++i) {
    const auto how = i == 0 ? transport::sse : i == 1 ? transport::websocket : transport::json_lines;
    for (const auto& id : ids) CHECK(co_await count_events(ex, port, id, how) == 7);
  }
}

}  // namespace

TEST_CASE("every span of a task arrives once, however many clients read its events on whichever loop") {
  trace_receiver r([](int) { return status_line("200 OK"); });
  app_fixture app([](config::settings& s) { s.gateway.threads = 2; }, to(r));
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    co_await read_all(ex, app.port());
    const auto expected = std::to_string(tasks * (spans_of_a_task + readers));
    std::string exported;
    for (const auto by = in_time(); exported != expected && std::chrono::steady_clock::now() < by;) {
      exported = co_await metric(ex, app, "streamdemo_trace_spans_exported_total");
    }
    CHECK(exported == expected);
    CHECK(co_await metric(ex, app, "streamdemo_trace_spans_dropped_total{reason=\"queue_full\"}") == "0");
  });
}

TEST_CASE("with a receiver that refuses, tasks and events are the same") {
  trace_receiver r([](int) { return status_line("500 Internal Server Error"); });
  app_fixture app({}, to(r));
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    co_await read_all(ex, app.port());
    CHECK(co_await metric(ex, app, "streamdemo_trace_spans_exported_total") == "0");
  });
}
