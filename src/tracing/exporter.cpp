#include "tracing/exporter.hpp"

#include <pthread.h>

#include <fmt/format.h>
#include <random>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/base/transfer.hpp>

#include "tracing/http_post.hpp"
#include "tracing/retry_plan.hpp"

namespace streamdemo::tracing {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds farewell{2};
constexpr std::chrono::milliseconds poll{10};

std::string why_not(const post_answer& a, bool is_strange) {
  if (a.status == 0) return a.why;
  if (!is_strange) return fmt::format("it answers {}", a.status);
  return fmt::format("it answers {} with a body of type {}, which no receiver of traces does: check the address",
                     a.status, a.type.empty() ? "unknown" : base::shown(a.type));
}

}  // namespace

exporter::exporter(const options& o, process_facts facts, span_queue& queue, trace_metrics& metrics,
                   const base::logger& log)
    : options_(o),
      resource_(encode_resource(o, facts)),
      version_(std::move(facts.version)),
      queue_(queue),
      metrics_(metrics),
      log_(log) {
  base::use_curl();
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "traces");
    work();
    done_ = true;
  });
}

exporter::~exporter() {
  queue_.close();
  const auto by = steady_clock::now() + farewell;
  while (!done_ && steady_clock::now() < by) std::this_thread::sleep_for(poll);
  ending_ = true;
  thread_.join();
}

void exporter::work() {
  http_post to(options_, ending_);
  span_batch batch;
  for (;;) {
    batch = queue_.take(steady_clock::now() + options_.delay, std::move(batch));
    metrics_.waiting.Set(static_cast<double>(queue_.size()));
    if (batch.spans > 0) {
      send(to, batch);
    } else if (queue_.is_closed()) {
      return;
    }
  }
}

void exporter::send(http_post& to, const span_batch& batch) {
  const auto n = static_cast<double>(batch.spans);
  if (ending_) return metrics_.left_over.Increment(n);
  encode_request(body_, resource_, version_, batch.encoded);
  std::minstd_rand random(std::random_device{}());
  for (int attempt = 1;; ++attempt) {
    const auto a = to.send(body_);
    auto how = verdict_on(a.status);
    const bool is_strange = how == verdict::taken && !is_answer(a.type, a.body);
    if (is_strange) how = verdict::refused;
    if (how == verdict::taken) {
      const auto p = decode_answer(a.body);
      const auto rejected = std::min(n, static_cast<double>(p.rejected));
      metrics_.exported.Increment(n - rejected);
      metrics_.rejected.Increment(rejected);
      if (rejected > 0) return told_failure(fmt::format("it rejects {} spans: {}", p.rejected, base::shown(p.message)));
      return told_success();
    }
    metrics_.failures.Increment();
    told_failure(why_not(a, is_strange));
    std::optional<base::milliseconds> pause;
    if (how == verdict::again) {
      pause = retry_plan::pause_after(attempt, a.retry_after, std::uniform_real_distribution<>(0, 1)(random));
    }
    // At the end of the process nobody waits for better times.
    if (!pause || queue_.wait_for_close(steady_clock::now() + *pause)) {
      return (queue_.is_closed() ? metrics_.left_over : metrics_.not_taken).Increment(n);
    }
  }
}

void exporter::told_failure(const std::string& why) {
  if (std::exchange(failing_, true)) return;
  log_.warning(
      "traces cannot be sent to {}: {}; tasks are not affected, and what is lost is counted in "
      "streamdemo_trace_spans_dropped_total",
      shown_url(options_.url), why);
}

void exporter::told_success() {
  if (std::exchange(failing_, false)) log_.info("traces are sent to {} again", shown_url(options_.url));
}

}  // namespace streamdemo::tracing
