#include "bus/kafka/producer_impl.hpp"

#include <boost/asio/post.hpp>

namespace streamdemo::bus::kafka {

namespace {

using std::chrono::steady_clock;

// Records are not held back longer than this, even if the turn of the loop lasts longer.
constexpr auto longest_gathering = std::chrono::milliseconds(1);

}  // namespace

producer_impl::producer_impl(executor ex, dependencies& d)
    : deps_(d),
      ex_(ex),
      wakeup_(std::make_shared<wakeup>(ex)),
      timed_(d, *wakeup_, d.options.publish_timeout, completed_),
      patient_(d, *wakeup_, std::nullopt, completed_),
      timer_(ex),
      changed_(ex) {}

void producer_impl::start() {
  wakeup_->start([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->turn();
  });
}

void producer_impl::publish_together(std::vector<record>& all, steady_time, producer::done d) {
  ++in_flight_;
  refuse(all.back(), errc::unsupported, "this bus writes no records together", std::move(d));
  settle();
}

void producer_impl::publish(record r, std::optional<steady_time> deadline, producer::done d) {
  const auto now = steady_clock::now();
  ++in_flight_;
  if (closed_) {
    refuse(r, errc::closed, "the producer is closed", std::move(d));
  } else if (r.partition < -1) {
    refuse(r, errc::invalid_argument, fmt::format("there is no partition {}", r.partition), std::move(d));
  } else if (deadline && *deadline <= now) {
    refuse(r, errc::timed_out, "the deadline had passed before it was tried", std::move(d));
  } else if (deadline) {
    timed_.publish(std::move(r), std::min(*deadline, now + deps_.options.publish_timeout), std::move(d));
  } else {
    patient_.publish(std::move(r), std::nullopt, std::move(d));
  }
  gather(now);
  settle();
}

awaitable<drain_report> producer_impl::drain(std::shared_ptr<producer_impl> self, steady_time deadline) {
  self->close();
  bool in_time = true;
  while (in_time && self->in_flight_ != 0) in_time = co_await self->changed_.wait_until(deadline);
  drain_report report;
  constexpr auto why = "given up when the producer was drained";
  report.lost = self->timed_.give_up(why) + self->patient_.give_up(why);
  self->settle();
  // What is still in flight has completed; only the posts of its callbacks have not run yet.
  while (self->in_flight_ != 0) co_await self->changed_.wait();
  co_return report;
}

void producer_impl::abandon() {
  closed_ = abandoned_ = true;
  wakeup_->stop();
  timer_.cancel();
  timed_.abandon();
  patient_.abandon();
  completed_.clear();
}

void producer_impl::refuse(const record& r, errc code, std::string_view why, producer::done d) {
  completed_.push_back({std::move(d), error{code, fmt::format("publish to topic '{}': {}", r.topic, why)}});
}

// Posts the completions, because callbacks must not run inside a call of publish(), and sets the timer.
void producer_impl::settle() {
  if (!completed_.empty() && !posted_) {
    posted_ = true;
    asio::post(ex_, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->settled();
    });
  }
  watch();
}

void producer_impl::settled() {
  posted_ = false;
  complete();
}

// Flushes two posts later, so that records of this turn of the loop leave together with those of the turns that it
// causes: a result with its progress, or a run's `started` with the handler's first results.
void producer_impl::gather(steady_time now) {
  if (gathering_since_) {
    if (now - *gathering_since_ >= longest_gathering) flush(now);
    return;
  }
  asio::post(ex_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) asio::post(self->ex_, [weak] { flush_gathered(weak.lock()); });
  });
  gathering_since_ = now;
}

void producer_impl::flush_gathered(const std::shared_ptr<producer_impl>& self) {
  if (!self || self->abandoned_) return;
  self->gathering_since_.reset();
  self->flush(steady_clock::now());
  self->settle();
}

void producer_impl::flush(steady_time now) {
  // First fail the records whose deadline has passed, so that they are not sent.
  timed_.tick(now);
  timed_.flush();
  patient_.flush();
}

void producer_impl::turn() {
  const bool all = timed_.serve(events_per_turn);
  if (!patient_.serve(events_per_turn) || !all) wakeup_->ring();
  complete();
  if (!abandoned_) watch();
}

void producer_impl::complete() {
  std::vector<completion> now;
  now.swap(completed_);
  if (now.empty()) return;
  for (auto& c : now) {
    if (abandoned_) return;
    --in_flight_;
    c.done(std::move(c.outcome));
  }
  changed_.notify_all();
}

void producer_impl::watch() {
  for (const auto& next : {timed_.next_tick(), patient_.next_tick()}) {
    if (!next) continue;
    timer_.set(*next, [weak = weak_from_this()](boost::system::error_code ec) {
      const auto self = weak.lock();
      if (!ec && self) self->tick();
    });
  }
}

void producer_impl::tick() {
  const auto now = steady_clock::now();
  if (!timer_.has_come(now)) return;
  timed_.tick(now);
  patient_.tick(now);
  complete();
  if (!abandoned_) watch();
}

}  // namespace streamdemo::bus::kafka
