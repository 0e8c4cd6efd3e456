#include <doctest/doctest.h>

#include <cstdlib>
#include <streamdemo/tracing/tracer.hpp>

#include "support/kept_spans.hpp"
#include "support/trace_receiver.hpp"

using namespace streamdemo;
using namespace streamdemo::test;
using namespace streamdemo::tracing;

namespace {

const base::sys_time now{std::chrono::seconds(1)};

struct fixture {
  explicit fixture(options o) : tracer(make_tracer(std::move(o), {"1", "instance", "kafka"}, metrics, log)) {}

  void send(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      std::string parent;
      tracer->end(tracer->begin(parent, span_kind::server, now), now);
    }
  }
  // Without its comments; waits until it has this line.
  void wait_for(std::string_view line) {
    const auto by = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (metrics.expose().find(line) == std::string::npos) {
      if (std::chrono::steady_clock::now() > by)
        throw std::runtime_error("there is no " + std::string(line) + ":\n" + metrics.expose());
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  base::metrics metrics;
  base::logger log{"test", base::log_level::off};
  std::unique_ptr<tracing::tracer> tracer;
};

options to(const std::string& url) {
  options o;
  o.on = true;
  o.url = url;
  o.max_batch = 2;
  o.delay = base::milliseconds(60'000);
  return o;
}

// Nobody listens there.
const std::string nowhere = "http://127.0.0.1:9/v1/traces";

}  // namespace

TEST_CASE("a span hangs below its parent, and what follows below the span") {
  fixture f(to(nowhere));
  std::string parent(sampled_parent);
  const auto s = f.tracer->begin(parent, span_kind::server, now);
  REQUIRE(s);
  CHECK(s->context.trace == parse_traceparent(sampled_parent)->trace);
  CHECK(s->parent == parse_traceparent(sampled_parent)->span);
  CHECK(s->context.span != s->parent);
  CHECK(parse_traceparent(parent) == s->context);
}

TEST_CASE("without a parent, or with one that is none, a trace begins") {
  fixture f(to(nowhere));
  for (std::string parent : {"", "nonsense"}) {
    const auto s = f.tracer->begin(parent, span_kind::server, now);
    REQUIRE(s);
    CHECK(s->parent == span_id{});
    CHECK(parse_traceparent(parent) == s->context);
    CHECK((s->context.flags & trace_context::random_flag) != 0);
  }
}

TEST_CASE("what is not recorded says so to those who follow") {
  auto o = to(nowhere);
  o.root = sampling::never;
  fixture f(o);
  std::string parent;
  CHECK(!f.tracer->begin(parent, span_kind::server, now));
  REQUIRE(parse_traceparent(parent));
  CHECK(!parse_traceparent(parent)->sampled());
  const auto before = parent;
  CHECK(!f.tracer->begin(parent, span_kind::producer, now));
  CHECK(parent == before);
  o.follows_parent = false;
  fixture own(o);
  std::string theirs(sampled_parent);
  CHECK(!own.tracer->begin(theirs, span_kind::server, now));
  CHECK(theirs == unsampled_parent);
}

TEST_CASE("batches are posted, with the headers that were asked for") {
  trace_receiver r([](int) { return status_line("200 OK"); });
  auto o = to(r.url());
  o.headers = {{"authorization", "Bearer x"}};
  fixture f(o);
  f.send(4);
  const auto heads = r.wait_for(2);
  CHECK(heads[0].starts_with("POST /v1/traces HTTP/1.1"));
  CHECK(heads[0].find("Content-Type: application/x-protobuf") != std::string::npos);
  CHECK(heads[0].find("authorization: Bearer x") != std::string::npos);
  f.wait_for("streamdemo_trace_spans_exported_total 4");
}

TEST_CASE("what is left is sent at the end") {
  trace_receiver r([](int) { return status_line("200 OK"); });
  fixture f(to(r.url()));
  f.send(1);
  f.tracer.reset();
  CHECK(r.wait_for(1).size() == 1);
  CHECK(f.metrics.expose().find("streamdemo_trace_spans_exported_total 1") != std::string::npos);
}

TEST_CASE("a refused batch is dropped and counted; one that may be taken later is sent again") {
  trace_receiver r([](int n) {
    if (n == 1) return status_line("500 Internal Server Error");
    if (n == 2) return status_line("503 Service Unavailable", "Retry-After: 0\r\n");
    return status_line("200 OK");
  });
  fixture f(to(r.url()));
  f.send(2);
  f.wait_for("streamdemo_trace_spans_dropped_total{reason=\"not_taken\"} 2");
  f.send(2);
  f.wait_for("streamdemo_trace_spans_exported_total 2");
  f.wait_for("streamdemo_trace_exports_failed_total 2");
  CHECK(r.wait_for(3).size() == 3);
}

TEST_CASE("while a receiver does not answer, spans beyond the queue are dropped and counted, and nobody waits") {
  trace_receiver r([](int) { return std::string(); });
  auto o = to(r.url());
  o.max_queue = 3;
  fixture f(o);
  f.send(2);
  r.wait_for(1);
  f.send(8);
  f.wait_for("streamdemo_trace_spans_dropped_total{reason=\"queue_full\"} 5");
  // Others may still be able to send theirs.
  std::string parent;
  CHECK(!f.tracer->begin(parent, span_kind::server, now));
  REQUIRE(parse_traceparent(parent));
  CHECK(parse_traceparent(parent)->sampled());
  const auto before = parent;
  CHECK(!f.tracer->begin(parent, span_kind::producer, now));
  CHECK(parent == before);
  const auto begin = std::chrono::steady_clock::now();
  f.tracer.reset();
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
  f.wait_for("streamdemo_trace_spans_dropped_total{reason=\"ended\"} 5");
}

TEST_CASE("a page with status 200 has taken nothing, and is told once") {
  trace_receiver r([](int) {
    return std::string("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 6\r\n\r\n<html>");
  });
  fixture f(to(r.url()));
  f.send(4);
  f.wait_for("streamdemo_trace_spans_dropped_total{reason=\"not_taken\"} 4");
  f.wait_for("streamdemo_trace_exports_failed_total 2");
  CHECK(f.metrics.expose().find("streamdemo_trace_spans_exported_total 0") != std::string::npos);
  CHECK(r.wait_for(2).size() == 2);
}

TEST_CASE("a proxy of the environment is used, but not for a receiver on this machine") {
  trace_receiver proxy([](int) { return status_line("200 OK"); });
  const auto address = proxy.url();
  ::setenv("http_proxy", address.substr(0, address.rfind("/v1")).c_str(), 1);
  {
    trace_receiver here([](int) { return status_line("200 OK"); });
    fixture f(to(here.url()));
    f.send(2);
    CHECK(here.wait_for(1).at(0).starts_with("POST /v1/traces HTTP/1.1"));
  }
  {
    fixture f(to("http://collector.invalid:4318/v1/traces"));
    f.send(2);
    CHECK(proxy.wait_for(1).at(0).starts_with("POST http://collector.invalid:4318/v1/traces HTTP/1.1"));
  }
  ::unsetenv("http_proxy");
}
