// Sends the spans of a queue, batch by batch, on a thread of its own, which ends with it.
#pragma once
#include <streamdemo/base/log.hpp>

#include <atomic>
#include <thread>

#include "tracing/otlp.hpp"
#include "tracing/span_queue.hpp"
#include "tracing/trace_metrics.hpp"

namespace streamdemo::tracing {

class http_post;

class exporter {
 public:
  // All references outlive it.
  exporter(const options& o, process_facts facts, span_queue& queue, trace_metrics& metrics, const base::logger& log);
  // Closes the queue, sends what is left in it for at most two seconds, and joins the thread.
  ~exporter();
  exporter(const exporter&) = delete;
  exporter& operator=(const exporter&) = delete;

 private:
  void work();
  void send(http_post& to, const span_batch& batch);
  void told_failure(const std::string& why);
  void told_success();

  const options& options_;
  const std::string resource_;
  const std::string version_;
  span_queue& queue_;
  trace_metrics& metrics_;
  const base::logger& log_;
  std::string body_;  // of the request under way
  bool failing_ = false;
  std::atomic<bool> ending_{false};  // what is left is given up
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace streamdemo::tracing
