#include <streamdemo/tracing/tracer.hpp>

#include <cstring>
#include <random>

#include "tracing/exporter.hpp"
#include "tracing/otlp.hpp"
#include "tracing/sampler.hpp"
#include "tracing/span_queue.hpp"
#include "tracing/trace_metrics.hpp"

namespace streamdemo::tracing {

namespace {

// Ids need to be unique, not secret.
std::mt19937_64 seeded() {
  std::random_device entropy;
  std::seed_seq seed{entropy(), entropy(), entropy(), entropy(), entropy(), entropy(), entropy(), entropy()};
  return std::mt19937_64(seed);
}

template <std::size_t N>
void fill_with_chance(std::array<std::uint8_t, N>& id) {
  thread_local auto random = seeded();
  static_assert(N % 8 == 0);
  for (std::size_t at = 0; at < N; at += 8) {
    std::uint64_t part = 0;
    while (part == 0) part = random();  // an id of zeros counts as none
    std::memcpy(&id[at], &part, sizeof part);
  }
}

}  // namespace

class sending_tracer final : public tracer {
 public:
  sending_tracer(options o, process_facts facts, base::metrics& metrics, const base::logger& log)
      : options_(std::move(o)),
        bus_(facts.bus),
        log_(log.child("traces")),
        sampler_(options_),
        metrics_(metrics),
        queue_(options_.max_queue, options_.max_batch),
        exporter_(options_, std::move(facts), queue_, metrics_, log_) {}

  span_ptr begin(std::string& traceparent, span_kind kind, base::sys_time at) override {
    // What servers get is to be read in full first: it comes from outside.
    if (options_.follows_parent && kind != span_kind::server && is_unsampled(traceparent)) return nullptr;
    const auto parent = parse_traceparent(traceparent);
    trace_context c;
    if (parent) {
      c.trace = parent->trace;
      c.flags = parent->flags & trace_context::random_flag;
    } else {
      fill_with_chance(c.trace);
      c.flags = trace_context::random_flag;
    }
    const bool recorded = sampler_.samples(c.trace, parent ? &*parent : nullptr);
    // What follows hangs below the caller's span, then.
    if (!recorded && parent && !parent->sampled()) return nullptr;
    // While nobody takes spans, not even the work of making one is done.
    if (recorded && queue_.is_full()) {
      metrics_.queue_full.Increment();
      if (parent && parent->sampled()) return nullptr;
      fill_with_chance(c.span);
      c.flags |= trace_context::sampled_flag;
      traceparent = format(c);
      return nullptr;
    }
    fill_with_chance(c.span);
    if (!recorded) {
      if (parent) c.span = parent->span;
      traceparent = format(c);
      return nullptr;
    }
    c.flags |= trace_context::sampled_flag;
    traceparent = format(c);
    auto s = std::make_unique<span>();
    s->context = c;
    if (parent) s->parent = parent->span;
    s->kind = kind;
    s->begin = at;
    return s;
  }

  void end(span_ptr s, base::sys_time at) noexcept override {
    if (!s) return;
    s->end = at;
    if (!put(*s)) metrics_.queue_full.Increment();
  }

  std::string_view bus() const noexcept override { return bus_; }

 private:
  // Encoded here, a span is freed by the thread that made it, in whose caches it is; the sender's thread only copies
  // bytes.
  bool put(const span& s) noexcept {
    if (queue_.is_full()) return false;
    thread_local std::string encoded;
    try {
      encode_span(encoded, s);
    } catch (const std::bad_alloc&) {
      return false;
    }
    return queue_.put(encoded);
  }

  const options options_;
  const std::string bus_;
  const base::logger log_;
  const sampler sampler_;
  trace_metrics metrics_;
  span_queue queue_;
  exporter exporter_;
};

std::unique_ptr<tracer> make_tracer(options o, process_facts facts, base::metrics& metrics, const base::logger& log) {
  return std::make_unique<sending_tracer>(std::move(o), std::move(facts), metrics, log);
}

}  // namespace streamdemo::tracing
