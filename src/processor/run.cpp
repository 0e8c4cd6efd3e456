#include "processor/run.hpp"

#include <streamdemo/base/json.hpp>
#include <streamdemo/task/end_payload.hpp>

#include <cmath>

#include "processor/run_span.hpp"

namespace streamdemo::processor {

using task::message_type;

namespace {

constexpr std::size_t longest_message = 8192;
// Of one run. Without a bound a task with very many results would fill the queue of spans for all others.
constexpr int most_traced_sends = 128;

// Makes the reason for a failure short enough and valid UTF-8, so that the `ended` record can always be written.
std::string presentable(std::string text) {
  if (text.size() > longest_message) text.resize(longest_message);
  if (base::is_utf8(text)) return text;
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return text;
}

std::string failed_payload(const std::string& why) {
  return task::end_payload(task::status::failed, presentable(why));
}

}  // namespace

run::run(const run_dependencies& deps, begin_run what)
    : deps_(deps), key_(what.key), what_(std::move(what)), room_(deps.executor) {
  if (deps_.traces != nullptr) span_ = begin_run_span(*deps_.traces, what_, deps_.group, deps_.clock.now());
  names_trace_ = !tracing::is_unsampled(what_.traceparent);
}

awaitable<void> run::work(handler& h) {
  if (closed_) co_return;  // stopped before it began
  const auto r = co_await call(h);
  if (closed_) co_return;
  if (!r && r.error().code == errc::full) {
    give_back(r.error());
  } else {
    send_end(r);
  }
}

awaitable<base::result<outcome>> run::call(handler& h) {
  job j;
  j.request_id = key_.task;
  j.kind = what_.kind;
  j.run = key_.run;
  j.content_type = what_.content_type;
  j.payload = what_.request->value;
  j.expiry = what_.expiry;
  j.results_before = what_.results_before;
  j.last_result = std::move(what_.last_result);
  // Of a trace that is not recorded no record of the run has it.
  j.traceparent = names_trace_ ? what_.traceparent : std::move(what_.traceparent);
  j.stop = stop_.get_token();
  what_.request.reset();
  std::string why;
  try {
    co_return co_await h.run(std::move(j), *this);
  } catch (const std::exception& e) {
    why = e.what();
  } catch (...) {
    why = "something that is no std::exception was thrown";
  }
  // A canceled handler ends with an exception, too. Its run was closed before, so that is not logged.
  if (!closed_) deps_.log.error("task {} ({}): its handler threw: {}", key_.task, what_.kind, why);
  co_return error{errc::internal, "the handler failed: " + why};
}

void run::send_end(const base::result<outcome>& r) {
  std::string payload;
  if (r) {
    payload = r->detail.empty() ? "{\"status\":\"succeeded\"}" : "{\"status\":\"succeeded\"," + r->detail + "}";
    if (!base::is_json(payload)) payload = failed_payload("the handler's outcome is not valid JSON");
  } else {
    payload = failed_payload(r.error().message);
  }
  auto end = record_of(message_type::ended, std::move(payload), "application/json");
  if (end.record.bytes() > deps_.max_record_bytes) {
    end = record_of(message_type::ended, failed_payload("the handler's outcome is larger than a record may be"),
                    "application/json");
  }
  send(std::move(end));
  how_ = run_end::ended;
  close(r ? "succeeded" : "failed");
}

void run::give_back(const error& why) {
  deps_.log.warning("task {} ({}) is given back and tried again in a while: {}", key_.task, what_.kind, why.message);
  send(record_of(message_type::released, "{}", "application/json"));
  how_ = run_end::given_back;
  close("released");
}

void run::stop(stop_reason why) {
  if (closed_) return;
  if (why == stop_reason::expired) {
    send(record_of(message_type::ended,
                   task::end_payload(task::status::expired, "the deadline passed while it was running"),
                   "application/json"));
    how_ = run_end::ended;
    close("expired");
  } else if (why == stop_reason::released) {
    send(record_of(message_type::released, "{}", "application/json"));
    close("released");
  } else {
    close("stopped");
  }
  stop_.request_stop();
}

void run::close(std::string_view end) {
  closed_ = true;
  end_ = end;
  if (span_) end_run_span(*deps_.traces, std::move(span_), end, deps_.clock.now());
  room_.notify_all();
}

awaitable<base::result<void>> run::result(std::string payload, std::string content_type) {
  return emit(message_type::result, std::move(payload), std::move(content_type));
}

awaitable<base::result<void>> run::progress(double fraction, std::string detail) {
  const double f = std::isfinite(fraction) ? std::clamp(fraction, 0.0, 1.0) : 0.0;
  auto payload = fmt::format("{{\"fraction\":{:.6g}", f);
  if (!detail.empty()) payload += "," + detail;
  payload += "}";
  return emit(message_type::progress, std::move(payload), "application/json");
}

awaitable<base::result<void>> run::log(std::string line) {
  return emit(message_type::log, std::move(line), "text/plain; charset=utf-8");
}

awaitable<base::result<void>> run::emit(message_type type, std::string payload, std::string content_type) {
  if (closed_) co_return error{errc::canceled, "the run was stopped"};
  while (in_flight_ > deps_.emit_bytes) {
    ++waiting_;
    co_await room_.wait();
    --waiting_;
    if (closed_) co_return error{errc::canceled, "the run was stopped"};
  }
  auto o = record_of(type, std::move(payload), std::move(content_type));
  // Check this before using a runseq: a number without a record would be a hole in the run, which fails the task.
  if (o.record.bytes() > deps_.max_record_bytes) {
    co_return error{errc::too_large,
                    fmt::format("a {} of {} bytes is larger than a record may be (processor.max_record_bytes = {})",
                                to_string(type), o.record.bytes(), deps_.max_record_bytes)};
  }
  if (type == message_type::result) deps_.metrics.results.Increment();
  send(std::move(o));
  co_return base::result<void>{};
}

tracing::outgoing run::record_of(message_type type, std::string payload, std::string content_type) const {
  task::message m;
  m.type = type;
  m.request_id = key_.task;
  m.kind = what_.kind;
  m.source = deps_.source;
  m.time = deps_.clock.now();
  m.content_type = std::move(content_type);
  m.payload = std::move(payload);
  m.run = key_.run;
  m.runseq = runseq_ + 1;
  if (names_trace_) {
    m.traceparent = what_.traceparent;
    m.tracestate = what_.tracestate;
  }
  tracing::span_ptr way;
  if (span_ && traced_sends_ < most_traced_sends && is_traced(type)) {
    way = tracing::begin_send(deps_.traces, m.traceparent, m.time);
  }
  return tracing::describe_send(std::move(way), deps_.traces,
                                task::encode(std::move(m), deps_.response_topic, key_.partition));
}

void run::send(tracing::outgoing o) {
  ++runseq_;
  const auto bytes = o.record.bytes();
  in_flight_ += bytes;
  deps_.metrics.bytes_in_flight.Increment(static_cast<double>(bytes));
  if (o.span) return send_traced(std::move(o), bytes);
  deps_.producer.publish(
      std::move(o.record), std::nullopt,
      [self = shared_from_this(), bytes](base::result<bus::published> done) { self->acknowledged(bytes, done); });
}

void run::send_traced(tracing::outgoing o, std::size_t bytes) {
  ++traced_sends_;
  // A std::function must be copyable.
  const auto span = std::make_shared<tracing::span_ptr>(std::move(o.span));
  deps_.producer.publish(
      std::move(o.record), std::nullopt, [self = shared_from_this(), bytes, span](base::result<bus::published> done) {
        const auto& d = self->deps_;
        tracing::end_send(d.traces, std::move(*span), done ? done->offset : -1,
                          done ? std::string_view{} : std::string_view(done.error().message), d.clock.now());
        self->acknowledged(bytes, done);
      });
}

void run::acknowledged(std::size_t bytes, const base::result<bus::published>& r) {
  in_flight_ -= bytes;
  deps_.metrics.bytes_in_flight.Decrement(static_cast<double>(bytes));
  if (!r) {
    deps_.log.error("task {}: a record of its run {} was not accepted by the bus: {}", key_.task, key_.run,
                    r.error().message);
  }
  if (waiting_ > 0 && in_flight_ <= deps_.emit_bytes) room_.notify_all();
}

}  // namespace streamdemo::processor
