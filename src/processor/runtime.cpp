#include "processor/runtime.hpp"

#include <streamdemo/base/id.hpp>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/task/offer.hpp>

#include "processor/dead_letter.hpp"

namespace streamdemo::processor {

namespace {

constexpr std::size_t batch = 512;
// The pause between two requests while too much is remembered. Requests still come, slowly, and changes of the group
// are noticed.
constexpr std::chrono::milliseconds one_by_one{100};
constexpr std::chrono::milliseconds retry_pause{250};
// A run begins by what its request tells (partition_state::needs_no_end). What the log says later, mostly what this
// process wrote itself, may come late: that a run is to stop, or that a request is completed.
constexpr std::chrono::milliseconds reading_patience{100};
// How long a stopped handler may take to end (a child process is given its time to clean up) before it is canceled.
constexpr std::chrono::seconds handler_grace{8};
constexpr std::chrono::seconds farewell{5};

}  // namespace

runtime::runtime(base::executor ex, options o, bus::bus& b, std::vector<std::unique_ptr<handler>> handlers,
                 const base::clock& clock, base::metrics& metrics, const base::logger& log)
    : options_(std::move(o)),
      bus_(b),
      clock_(clock),
      log_(log.child("processor")),
      metrics_(metrics),
      producer_(b.make_producer(ex)),
      reader_(b.make_reader(ex, {.patience = reading_patience})),
      executor_(ex),
      admission_(options_.partitions, clock_, log_, {metrics_.unreadable, metrics_.misplaced}),
      runs_(dependencies_of_runs(), std::move(handlers),
            [this](const run_key& key, run_end how) {
              decisions_.on_finished(key, how);
              perform();
            }),
      decisions_(rules()),
      moved_(ex),
      loops_(ex, log_, "processor"),
      payload_reader_(ex, b, loops_, log_) {}

run_dependencies runtime::dependencies_of_runs() {
  return {.executor = executor_,
          .producer = *producer_,
          .clock = clock_,
          .log = log_,
          .metrics = metrics_,
          .source = options_.source,
          .response_topic = options_.response_topic,
          .emit_bytes = options_.emit_bytes,
          .max_record_bytes = options_.max_record_bytes,
          .group = options_.group,
          .traces = options_.traces};
}

decision_options runtime::rules() const {
  decision_options o;
  o.source = options_.source;
  o.alone = options_.alone;
  o.alive_interval = options_.alive_interval;
  o.recovery_margin = options_.recovery_margin;
  o.keep_for = options_.keep_for;
  o.max_remembered_bytes = options_.max_remembered_bytes;
  // The other half is for what is kept of requests without their payloads, and for those that are being taken in.
  o.max_payload_bytes = options_.max_held_bytes / 2;
  o.concurrency = options_.concurrency;
  o.kind_concurrency = options_.kind_concurrency;
  o.alone_wait = options_.alone_wait;
  o.max_runs = options_.max_runs;
  o.kinds = runs_.kinds();
  o.new_run = [] { return base::random_id(); };
  return o;
}

void runtime::start() {
  started_ = true;
  readiness_.begin();
  consumer_ = bus_.join(executor_, {.group = options_.group,
                                    .topics = options_.request_topics,
                                    .max_open = options_.max_held_requests,
                                    .max_gap = options_.max_gap,
                                    .max_bytes = options_.max_held_bytes});
  loops_.spawn([this] { return read_responses(); });
  loops_.spawn([this] { return take_requests(); });
  loops_.spawn([this] { return beat(); });
}

void runtime::take_no_more(std::string why) {
  log_.error("{}", why);
  readiness_.end(std::move(why));
}

awaitable<void> runtime::take_requests() {
  for (;;) {
    const bool slowly = decisions_.remembers_too_much();
    if (slowly) co_await base::sleep_for(one_by_one);
    auto items = co_await consumer_->receive(slowly ? 1 : batch);
    if (!items) {
      if (draining_ || left_) co_return;
      co_return take_no_more(fmt::format("no more requests can be taken from the group {}: {}; restart this process",
                                         options_.group, items.error().message));
    }
    for (const auto& item : *items) take(item);
    perform();
  }
}

void runtime::take(const bus::shared_item& item) {
  if (const auto* d = std::get_if<bus::delivery>(&item)) {
    metrics_.requests.Increment();
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
      if (drained_) co_return;
      co_return take_no_more(fmt::format("{} can no longer be read: {}; restart this process", options_.response_topic,
                                         items.error().message));
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
    metrics_.positions_lost.Increment();
    log_.warning("the position in {} of {} is lost ({}): it is read again", l->partition.partition, l->partition.topic,
                 l->message);
    decisions_.on_position_lost(l->partition.partition);
  }
}

void runtime::take_response(const base::record& r) {
  const auto m = admission_.admit(r);
  const auto ignored = decisions_.on_response(r.partition, r.offset, r.log_time, m ? &*m : nullptr);
  if (ignored.empty()) return;
  metrics_.ignored.Increment();
  if (log_.enabled(base::log_level::debug)) {
    log_.debug("record {} of {}/{} ({} of task {}, from {}) changes nothing: {}", r.offset, r.topic, r.partition,
               to_string(m->type), m->request_id, m->source, ignored);
  }
}

awaitable<void> runtime::beat() {
  for (;;) {
    co_await base::sleep_for(options_.alive_interval / 8);
    decisions_.tick(std::chrono::steady_clock::now(), clock_.now());
    perform();
    readiness_.hinder(consumer_->obstacle());
  }
}

// The other members of the group take over this process's requests; its runs continue.
awaitable<void> runtime::leave_group() {
  decisions_.say_farewell();
  perform();
  consumer_->close();
  co_await consumer_->drain(std::chrono::steady_clock::now() + farewell);
  decisions_.drain();
  perform();
}

awaitable<void> runtime::find_end(ask_end what) {
  bool warned = false;
  const bus::partition_id p{options_.response_topic, what.partition};
  for (;;) {
    const auto end = co_await bus_.end_offset(p);
    if (end) {
      decisions_.on_end(what.partition, what.token, *end);
      perform();
      co_return;
    }
    if (!warned) {
      log_.warning("asking for the end of {}/{} failed, trying again: {}", options_.response_topic, what.partition,
                   end.error().message);
    }
    warned = true;
    co_await base::sleep_for(retry_pause);
  }
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
  readiness_.end("the processor drains");
  decisions_.say_farewell();
  perform();
  consumer_->close();
  co_await consumer_->drain(std::chrono::steady_clock::now() + farewell);
  decisions_.drain();
  perform();
  co_await finish_runs(deadline);
  producer_->close();
  const auto report = co_await producer_->drain(std::max(std::chrono::steady_clock::now() + farewell, deadline));
  if (report.lost > 0) log_.error("{} records may not have reached the bus", report.lost);
  drained_ = true;
  reader_->close();
  payload_reader_.close();
  co_await reader_->drain(std::chrono::steady_clock::now() + farewell);
  co_await payload_reader_.drain(std::chrono::steady_clock::now() + farewell);
  loops_.cancel();
  co_await loops_.join();
  moved_.notify_all();
}

awaitable<void> runtime::finish_runs(base::steady_time deadline) {
  while (decisions_.runs() > 0 && std::chrono::steady_clock::now() < deadline) co_await moved_.wait_until(deadline);
  if (decisions_.runs() > 0) log_.info("the drain deadline has passed: {} runs are released", decisions_.running());
  decisions_.release_all();
  perform();
  co_await runs_.end(std::chrono::steady_clock::now() + handler_grace);
}

void runtime::perform() {
  // An action may call this function again. The loop of the outer call then performs what it caused.
  if (performing_) return;
  performing_ = true;
  for (auto more = decisions_.take_actions(); !more.empty(); more = decisions_.take_actions()) {
    for (auto& a : more) std::visit([&](auto& x) { act(std::move(x)); }, a);
  }
  performing_ = false;
  payload_reader_.go();
  show();
  if (draining_) moved_.notify_all();
}

void runtime::show() const {
  metrics_.running.Set(decisions_.running());
  metrics_.queued.Set(static_cast<double>(decisions_.queued()));
  metrics_.waits_alone.Set(decisions_.waits_to_be_alone() ? 1 : 0);
  metrics_.remembered_bytes.Set(static_cast<double>(decisions_.remembered_bytes()));
  const auto held = consumer_->held();
  metrics_.held_requests.Set(static_cast<double>(held.records));
  metrics_.held_bytes.Set(static_cast<double>(held.bytes));
  metrics_.payloads_let_go.Set(static_cast<double>(decisions_.payloads_let_go()));
  metrics_.gap.Set(static_cast<double>(held.gap));
}

void runtime::act(ask_end a) {
  loops_.spawn([this, a] { return find_end(a); });
}

void runtime::act(follow a) {
  reader_->follow({options_.response_topic, a.partition}, bus::from_time{a.from});
}

void runtime::act(unfollow a) {
  reader_->unfollow({options_.response_topic, a.partition});
}

void runtime::act(publish a) {
  auto& m = a.message;
  m.source = options_.source;
  m.time = clock_.now();
  const auto type = m.type;
  const bool is_offer = tells_offer(m);
  run_key key;
  if (type == task::message_type::started) key = {a.partition, m.request_id, m.run};
  auto r = task::encode(std::move(m), options_.response_topic, a.partition);
  producer_->publish(
      std::move(r), std::nullopt,
      [this, type, is_offer, partition = a.partition, key = std::move(key)](bus::result<bus::published> done) {
        if (!done) log_.error("a {} was not accepted by the bus: {}", to_string(type), done.error().message);
        if (is_offer) {
          decisions_.on_offer_published();
        } else if (type == task::message_type::alive) {
          decisions_.on_alive_published(partition);
        }
        if (type == task::message_type::started && done) {
          decisions_.on_started_published(key, done->offset);
        }
      });
}

void runtime::act(begin_run a) {
  runs_.begin(std::move(a));
}

void runtime::act(stop_run a) {
  runs_.stop(a);
}

void runtime::act(dead_letter a) {
  metrics_.dead_letters.Increment();
  const auto& from = *a.request;
  log_.warning("request {} of {}/{} (task {}) goes to {}: {}", from.offset, from.topic, from.partition,
               base::shown(from.key), options_.dead_letter_topic, a.reason);
  const dead_letter_facts facts{options_.dead_letter_topic, options_.group, a.deliveries, std::move(a.reason)};
  producer_->publish(dead_letter_of(from, facts), std::nullopt, [this, a, facts](bus::result<bus::published> done) {
    if (done || done.error().code != errc::too_large) return dead_lettered(a, done);
    producer_->publish(dead_letter_without_content(*a.request, facts), std::nullopt,
                       [this, a](bus::result<bus::published> again) { dead_lettered(a, again); });
  });
}

void runtime::dead_lettered(const dead_letter& a, const bus::result<bus::published>& done) {
  // The request is not completed, so it comes again to the partition's next owner.
  if (!done) return log_.error("a dead letter was not accepted by the bus: {}", done.error().message);
  decisions_.on_dead_lettered(a.token);
  perform();
}

void runtime::act(complete a) {
  consumer_->complete(a.delivery);
}

void runtime::act(recount a) {
  consumer_->recount(a.delivery, a.bytes);
}

void runtime::act(read_payload a) {
  const auto request = a.request;
  payload_reader_.want(*request, [this, a = std::move(a)](base::record_ptr whole) {
    const bool is_here = whole != nullptr;
    if (is_here) metrics_.payloads_read.Increment();
    const bool counts = decisions_.on_payload(a, std::move(whole));
    if (counts && !is_here) {
      log_.error("request {} of {}/{} (task {}) is no longer on the bus", a.request->offset, a.request->topic,
                 a.request->partition, base::shown(a.task));
    }
    perform();
  });
}

void runtime::act(outdated a) {
  if (std::exchange(left_, true) || draining_) return;
  take_no_more(fmt::format(
      "task {} was accepted under rules of version {}, this program knows them up to {}: it leaves such tasks alone "
      "and takes no more, its runs go on; upgrade it",
      base::shown(a.task), a.fold, task::fold_version));
  loops_.spawn([this] { return leave_group(); });
}

std::unique_ptr<processor> make_processor(base::executor ex, options o, bus::bus& b,
                                          std::vector<std::unique_ptr<handler>> handlers, const base::clock& clock,
                                          base::metrics& metrics, const base::logger& log) {
  return std::make_unique<runtime>(ex, std::move(o), b, std::move(handlers), clock, metrics, log);
}

}  // namespace streamdemo::processor
