#include "processor/runtime.hpp"

#include <streamdemo/base/id.hpp>
#include <streamdemo/base/shown.hpp>

#include <fmt/format.h>

#include <stdexcept>

namespace streamdemo::processor {

namespace {

constexpr std::size_t batch = 512;
// Between two requests while too much is remembered: what the group says is still heard, and nothing stands still.
constexpr std::chrono::milliseconds one_by_one{100};
constexpr std::chrono::milliseconds retry_pause{250};
// How long a stopped handler may take to end (a child process is given its time to clean up) before it is cut off.
constexpr std::chrono::seconds handler_grace{8};
constexpr std::chrono::seconds farewell{5};

}  // namespace

runtime::handler_map runtime::by_kind(std::vector<std::unique_ptr<handler>> handlers) {
  handler_map all;
  for (auto& h : handlers) {
    std::string kind(h->kind());
    if (!all.emplace(kind, std::move(h)).second) {
      throw std::invalid_argument("two handlers for the kind \"" + kind + "\": give one of them another name");
    }
  }
  return all;
}

runtime::runtime(base::executor ex, options o, bus::bus& b, std::vector<std::unique_ptr<handler>> handlers,
                 const base::clock& clock, base::metrics& metrics, const base::logger& log)
    : options_(std::move(o)),
      bus_(b),
      clock_(clock),
      log_(log.child("processor")),
      count_(metrics),
      handlers_(by_kind(std::move(handlers))),
      producer_(b.make_producer(ex)),
      reader_(b.make_reader(ex)),
      surroundings_{ex,
                    *producer_,
                    clock_,
                    log_,
                    count_,
                    options_.source,
                    options_.response_topic,
                    options_.emit_bytes,
                    options_.max_record_bytes},
      decisions_(rules()),
      moved_(ex),
      loops_(ex, log_, "processor"),
      work_(ex, log_, "handlers"),
      executor_(ex) {}

decision_options runtime::rules() const {
  decision_options o;
  o.source = options_.source;
  o.alive_interval = options_.alive_interval;
  o.recovery_margin = options_.recovery_margin;
  o.keep_for = options_.keep_for;
  o.max_remembered_bytes = options_.max_remembered_bytes;
  o.concurrency = options_.concurrency;
  o.max_runs = options_.max_runs;
  for (const auto& [kind, h] : handlers_) o.kinds.emplace(kind, h->resumable());
  o.new_run = [] { return base::random_id(); };
  return o;
}

void runtime::start() {
  started_ = true;
  standing_.begin();
  consumer_ = bus_.join(executor_, {.group = options_.group,
                                    .topics = options_.request_topics,
                                    .max_gap = options_.max_gap,
                                    .max_bytes = options_.max_held_bytes});
  loops_.spawn([this] { return read_responses(); });
  loops_.spawn([this] { return take_requests(); });
  loops_.spawn([this] { return beat(); });
}

awaitable<void> runtime::take_requests() {
  for (;;) {
    const bool slowly = decisions_.remembers_too_much();
    if (slowly) co_await base::sleep_for(one_by_one);
    auto items = co_await consumer_->receive(slowly ? 1 : batch);
    if (!items) {
      if (!draining_ && !left_) {
        auto why = fmt::format("no more requests can be taken from the group {}: {}; restart this process",
                               options_.group, items.error().message);
        log_.error("{}", why);
        standing_.end(std::move(why));
      }
      co_return;
    }
    for (const auto& item : *items) take(item);
    perform();
  }
}

void runtime::take(const bus::shared_item& item) {
  if (const auto* d = std::get_if<bus::delivery>(&item)) {
    count_.requests.Increment();
    decisions_.on_request(*d);
  } else if (const auto* a = std::get_if<bus::assigned>(&item)) {
    log_.info("{} request partitions assigned", a->partitions.size());
    decisions_.on_assigned(a->partitions, clock_.now());
  } else if (const auto* r = std::get_if<bus::revoked>(&item)) {
    log_.info("{} request partitions revoked", r->partitions.size());
    decisions_.on_revoked(r->partitions);
  }
}

awaitable<void> runtime::read_responses() {
  for (;;) {
    auto items = co_await reader_->receive(batch);
    if (!items) {
      if (!drained_) {
        auto why = fmt::format("{} can no longer be read: {}; restart this process", options_.response_topic,
                               items.error().message);
        log_.error("{}", why);
        standing_.end(std::move(why));
      }
      co_return;
    }
    for (const auto& item : *items) take(item);
    perform();
  }
}

void runtime::take(const bus::read_item& item) {
  if (const auto* r = std::get_if<base::record_ptr>(&item)) {
    take_response(**r);
  } else if (const auto* c = std::get_if<bus::caught_up>(&item)) {
    decisions_.on_caught_up(c->partition.partition);
  } else if (const auto* l = std::get_if<bus::position_lost>(&item)) {
    count_.positions_lost.Increment();
    log_.warning("the position in {} of {} is lost ({}): it is read anew", l->partition.partition, l->partition.topic,
                 l->message);
    decisions_.on_position_lost(l->partition.partition);
  }
}

void runtime::take_response(const base::record& r) {
  const auto m = task::decode(r);
  if (!m) {
    count_.unreadable.Increment();
    quiet_unreadable_.say(clock_.now(), [&](std::size_t n) {
      log_.warning("ignored {} record(s) of {}, the last at {}/{}: {}; correct the program that wrote it ({})", n,
                   r.topic, r.partition, r.offset, m.error().message,
                   base::shown(r.header_value("ce_source").value_or("no ce_source")));
    });
    decisions_.on_response(r.partition, r.offset, r.log_time, nullptr);
    return;
  }
  if (misplaced(r, *m)) return;
  const auto ignored = decisions_.on_response(r.partition, r.offset, r.log_time, &*m);
  if (ignored.empty()) return;
  count_.ignored.Increment();
  if (log_.enabled(base::log_level::debug)) {
    log_.debug("record {} of {}/{} ({} of task {}, from {}) changes nothing: {}", r.offset, r.topic, r.partition,
               to_string(m->type), m->request_id, m->source, ignored);
  }
}

// The gateways drop it too, so it must not count here either: all fold the same records.
bool runtime::misplaced(const base::record& r, const task::message& m) {
  if (m.type == task::message_type::alive) return false;
  const auto home = bus::partition_for(m.request_id, options_.partitions);
  if (home == r.partition) return false;
  count_.misplaced.Increment();
  quiet_misplaced_.say(clock_.now(), [&](std::size_t n) {
    log_.warning(
        "ignored {} record(s), the last of task {} in partition {} of {}: answers belong into partition {}, the number "
        "of the request's own; correct the program that wrote them ({})",
        n, base::shown(m.request_id), r.partition, r.topic, home, base::shown(m.source));
  });
  decisions_.on_response(r.partition, r.offset, r.log_time, nullptr);
  return true;
}

awaitable<void> runtime::beat() {
  for (;;) {
    co_await base::sleep_for(options_.alive_interval / 8);
    decisions_.tick(std::chrono::steady_clock::now(), clock_.now());
    perform();
    standing_.hinder(consumer_->obstacle());
  }
}

// Whoever is left in the group takes over what this process owns; its runs go on.
awaitable<void> runtime::leave_group() {
  consumer_->close();
  co_await consumer_->drain(std::chrono::steady_clock::now() + farewell);
  decisions_.drain();
  perform();
}

awaitable<void> runtime::find_end(ask_end what) {
  bool told = false;
  const bus::partition_id p{options_.response_topic, what.partition};
  for (;;) {
    const auto end = co_await bus_.end_offset(p);
    if (end) {
      decisions_.on_end(what.partition, what.token, *end);
      perform();
      co_return;
    }
    if (!told) {
      log_.warning("asking for the end of {}/{} failed, trying on: {}", options_.response_topic, what.partition,
                   end.error().message);
    }
    told = true;
    co_await base::sleep_for(retry_pause);
  }
}

awaitable<void> runtime::work(std::shared_ptr<run> r, handler& h, bool at_once) {
  // A handler may bring this program down, and by then the run's `started` must be on its way to the bus, or nobody
  // would count it; so a turn is left to the producer. Only the very first run of a task does without, and its
  // `started` spares its results a round through the brokers: if it is lost, the next owner's counts.
  if (!at_once) co_await asio::post(co_await asio::this_coro::executor, base::use_awaitable);
  co_await r->work(h);
  count_.run_over(r->end());
  runs_.erase(r->key().run);
  decisions_.on_finished(r->key(), r->how());
  perform();
}

awaitable<void> runtime::drain(base::steady_time deadline) {
  if (!started_) {
    started_ = draining_ = drained_ = true;
    producer_->close();
    reader_->close();
    co_return;
  }
  if (draining_) {
    while (!drained_) co_await moved_.wait();
    co_return;
  }
  draining_ = true;
  standing_.end("the processor drains");
  consumer_->close();
  co_await consumer_->drain(std::chrono::steady_clock::now() + farewell);
  decisions_.drain();
  perform();
  co_await finish_runs(deadline);
  producer_->close();
  const auto report = co_await producer_->drain(std::max(std::chrono::steady_clock::now() + farewell, deadline));
  if (report.lost > 0) log_.error("{} records are not known to be on the bus", report.lost);
  drained_ = true;
  reader_->close();
  co_await reader_->drain(std::chrono::steady_clock::now() + farewell);
  loops_.cancel();
  co_await loops_.join();
  moved_.notify_all();
}

awaitable<void> runtime::finish_runs(base::steady_time deadline) {
  while (decisions_.runs() > 0 && std::chrono::steady_clock::now() < deadline) co_await moved_.wait_until(deadline);
  if (decisions_.runs() > 0) log_.info("the drain deadline has come: {} runs are released", decisions_.running());
  decisions_.release_all();
  perform();
  co_await wait_for_handlers(std::chrono::steady_clock::now() + handler_grace);
  if (work_.size() > 0) log_.warning("{} handlers did not end when told to: they are cut off", work_.size());
  work_.cancel();
  co_await work_.join();
}

awaitable<void> runtime::wait_for_handlers(base::steady_time until) {
  while (!runs_.empty() && std::chrono::steady_clock::now() < until) co_await moved_.wait_until(until);
}

options options_from(const config::settings& s, std::string source) {
  options o;
  o.source = std::move(source);
  o.request_topics = {s.topics.request};
  for (const auto& [kind, topic] : s.tasks.request_topics) {
    if (!s.tasks.commands.contains(kind)) continue;  // another program's
    const bool known = std::find(o.request_topics.begin(), o.request_topics.end(), topic) != o.request_topics.end();
    if (!known) o.request_topics.push_back(topic);
  }
  o.response_topic = s.topics.response;
  o.partitions = s.topics.partitions;
  o.dead_letter_topic = s.topics.dead_letter;
  o.group = s.topics.group;
  o.concurrency = s.processor.concurrency;
  o.max_gap = s.processor.max_gap;
  o.max_held_bytes = s.processor.max_held_bytes;
  o.max_remembered_bytes = s.processor.max_remembered_bytes;
  o.emit_bytes = s.processor.emit_bytes;
  o.max_record_bytes = s.processor.max_record_bytes;
  o.max_runs = s.processor.max_runs;
  o.alive_interval = s.processor.alive_interval;
  o.recovery_margin = s.processor.recovery_margin;
  o.keep_for = s.results.keep_for;
  return o;
}

std::unique_ptr<processor> make_processor(base::executor ex, options o, bus::bus& b,
                                          std::vector<std::unique_ptr<handler>> handlers, const base::clock& clock,
                                          base::metrics& metrics, const base::logger& log) {
  return std::make_unique<runtime>(ex, std::move(o), b, std::move(handlers), clock, metrics, log);
}

}  // namespace streamdemo::processor
