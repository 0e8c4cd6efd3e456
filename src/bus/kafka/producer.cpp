#include "bus/kafka/producer.hpp"

#include <streamdemo/base/event.hpp>

#include "bus/kafka/lane.hpp"

namespace streamdemo::bus::kafka {

namespace {

using std::chrono::steady_clock;

// Within a turn of the loop that lasts long.
constexpr auto longest_gathering = std::chrono::milliseconds(1);

// What wake-ups and timers hold on to; the producer itself only owns it.
class producer_end final : public std::enable_shared_from_this<producer_end> {
 public:
  producer_end(executor ex, context& c)
      : context_(c),
        ex_(ex),
        wakeup_(std::make_shared<wakeup>(ex)),
        timed_(c, *wakeup_, c.options.publish_timeout, completed_),
        patient_(c, *wakeup_, std::nullopt, completed_),
        timer_(ex),
        changed_(ex) {}

  void start() {
    wakeup_->start([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->turn();
    });
  }

  void publish(record r, std::optional<steady_time> deadline, producer::done d) {
    const auto now = steady_clock::now();
    ++in_flight_;
    if (closed_) {
      refuse(r, errc::closed, "the producer is closed", std::move(d));
    } else if (r.partition < -1) {
      refuse(r, errc::invalid_argument, fmt::format("there is no partition {}", r.partition), std::move(d));
    } else if (deadline && *deadline <= now) {
      refuse(r, errc::timed_out, "the deadline had passed before it was tried", std::move(d));
    } else if (deadline) {
      timed_.publish(std::move(r), std::min(*deadline, now + context_.options.publish_timeout), std::move(d));
    } else {
      patient_.publish(std::move(r), std::nullopt, std::move(d));
    }
    gather(now);
    settle();
  }

  void close() { closed_ = true; }

  static awaitable<drain_report> drain(std::shared_ptr<producer_end> self, steady_time deadline) {
    self->close();
    bool in_time = true;
    while (in_time && self->in_flight_ != 0) in_time = co_await self->changed_.wait_until(deadline);
    drain_report report;
    constexpr auto why = "given up when the producer was drained";
    report.lost = self->timed_.give_up(why) + self->patient_.give_up(why);
    self->settle();
    // What is left has completed already and only waits for its turn on this executor.
    while (self->in_flight_ != 0) co_await self->changed_.wait();
    co_return report;
  }

  // The owner is gone: calls nobody any more.
  void abandon() {
    closed_ = abandoned_ = true;
    wakeup_->stop();
    timer_.cancel();
    timed_.abandon();
    patient_.abandon();
    completed_.clear();
  }

 private:
  void refuse(const record& r, errc code, std::string_view why, producer::done d) {
    completed_.push_back({std::move(d), error{code, fmt::format("publish to topic '{}': {}", r.topic, why)}});
  }

  // Completions never come from inside a call, and what is due is watched.
  void settle() {
    if (!completed_.empty() && !posted_) {
      posted_ = true;
      asio::post(ex_, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->settled();
      });
    }
    watch();
  }

  // What one turn of the loop publishes leaves together with what the turns that it brought about publish, as a result
  // does with the progress beside it, and a run's `started` with what its handler makes at once.
  void gather(steady_time now) {
    if (gathering_since_) {
      if (now - *gathering_since_ >= longest_gathering) flush(now);
      return;
    }
    asio::post(ex_, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) asio::post(self->ex_, [weak] { flush_gathered(weak.lock()); });
    });
    gathering_since_ = now;
  }

  static void flush_gathered(const std::shared_ptr<producer_end>& self) {
    if (!self || self->abandoned_) return;
    self->gathering_since_.reset();
    self->flush(steady_clock::now());
    self->settle();
  }

  void flush(steady_time now) {
    // What is too late is not tried.
    timed_.tick(now);
    timed_.flush();
    patient_.flush();
  }

  void settled() {
    posted_ = false;
    complete();
  }

  void turn() {
    const bool all = timed_.serve(events_per_turn);
    if (!patient_.serve(events_per_turn) || !all) wakeup_->ring();
    complete();
    if (!abandoned_) watch();
  }

  void complete() {
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

  void watch() {
    const auto a = timed_.next_tick();
    const auto b = patient_.next_tick();
    if (!a && !b) return;
    const auto next = a && b ? std::min(*a, *b) : a ? *a : *b;
    // A timer that fires early costs nothing but a look; moving it at each publish would.
    if (watched_ && *watched_ <= next) return;
    watched_ = next;
    timer_.expires_at(next);
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
      const auto self = weak.lock();
      if (!ec && self) self->tick();
    });
  }

  void tick() {
    const auto now = steady_clock::now();
    // A wait that was moved to an earlier time may still fire for the old one.
    if (!watched_ || *watched_ > now) return;
    watched_.reset();
    timed_.tick(now);
    patient_.tick(now);
    complete();
    if (!abandoned_) watch();
  }

  context& context_;
  executor ex_;
  std::shared_ptr<wakeup> wakeup_;
  std::vector<completion> completed_;
  lane timed_;
  lane patient_;
  base::timer timer_;
  std::optional<steady_time> watched_;  // when timer_ fires
  base::event changed_;
  std::size_t in_flight_ = 0;
  bool closed_ = false;
  bool abandoned_ = false;
  bool posted_ = false;
  std::optional<steady_time> gathering_since_;  // until the post that ends it
};

class kafka_producer final : public producer {
 public:
  explicit kafka_producer(std::shared_ptr<producer_end> end) : end_(std::move(end)) { end_->start(); }
  ~kafka_producer() override { end_->abandon(); }

  void publish(record r, std::optional<steady_time> deadline, done d) override {
    end_->publish(std::move(r), deadline, std::move(d));
  }
  void close() override { end_->close(); }
  awaitable<drain_report> drain(steady_time deadline) override { return producer_end::drain(end_, deadline); }

 private:
  std::shared_ptr<producer_end> end_;
};

}  // namespace

std::unique_ptr<producer> make_producer(executor ex, context& c) {
  return std::make_unique<kafka_producer>(std::make_shared<producer_end>(ex, c));
}

}  // namespace streamdemo::bus::kafka
