#include "bus/inprocess/producer_impl.hpp"

#include <streamdemo/base/partition.hpp>
namespace streamdemo::bus::inprocess {

void producer_impl::publish(record&& r, std::optional<steady_time> deadline, producer::done&& d) {
  ++in_flight_;
  if (hand_in(std::move(r), deadline, std::move(d)) && deadline) watch(*deadline);
}

void producer_impl::publish_together(std::vector<record>& all, steady_time deadline, producer::done d) {
  ++in_flight_;
  if (hand_in_together(all, deadline, std::move(d))) watch(deadline);
}

bool producer_impl::hand_in(record&& r, std::optional<steady_time> deadline, producer::done&& d) {
  const std::lock_guard lock(mutex_);
  const auto t = place(r, deadline);
  if (!t) {
    complete(std::move(d), t.error());
    return false;
  }
  const auto bytes = r.bytes();
  return core_->publish(**t, {this, std::move(r), bytes, deadline, std::move(d), {}});
}

bool producer_impl::hand_in_together(std::vector<record>& all, steady_time deadline, producer::done d) {
  const std::lock_guard lock(mutex_);
  std::vector<topic_state*> topics;
  for (auto& r : all) {
    const auto t = place(r, deadline);
    if (!t) {
      complete(std::move(d), t.error());
      return false;
    }
    topics.push_back(*t);
  }
  if (auto refused = core_->reserve_together(topics, all)) {
    complete(std::move(d), std::move(*refused));
    return false;
  }
  std::vector<companion> ahead;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    const auto bytes = all[i].bytes();
    ahead.push_back({topics[i], std::move(all[i]), bytes});
  }
  const auto bytes = all.back().bytes();
  return core_->append(*topics.back(), {this, std::move(all.back()), bytes, deadline, std::move(d), std::move(ahead)});
}

result<topic_state*> producer_impl::place(record& r, std::optional<steady_time> deadline) {
  const auto refuse = [&](errc code, std::string why) {
    return error{code, "publish to topic '" + r.topic + "': " + std::move(why)};
  };
  if (closed_) return refuse(errc::closed, "the producer is closed");
  const bool late = deadline && *deadline <= std::chrono::steady_clock::now();
  if (late) return refuse(errc::timed_out, "the deadline had passed before it was tried");
  auto* t = core_->find(r.topic);
  if (!t) return refuse(errc::not_found, "there is no such topic; create it with ensure_topics");
  if (r.partition == -1) {
    const auto n = t->data.partitions();
    r.partition = r.key.empty() ? static_cast<std::int32_t>(turns_++ % static_cast<std::uint32_t>(n))
                                : base::partition_for(r.key, n);
  }
  if (!t->data.has(r.partition)) {
    return refuse(errc::invalid_argument, fmt::format("no partition {}, it has {}", r.partition, t->data.partitions()));
  }
  return t;
}

void producer_impl::complete(producer::done d, result<published> r) {
  completed_.push_back({std::move(d), std::move(r)});
  ring();
}

void producer_impl::turn() {
  std::vector<completion> now;
  {
    const std::lock_guard lock(mutex_);
    now.swap(completed_);
  }
  for (auto& c : now) {
    if (abandoned_) return;
    --in_flight_;
    c.done(std::move(c.outcome));
  }
  if (in_flight_ == 0) expiry_.cancel();
  changed_.notify_all();
}

std::size_t producer_impl::give_up(const predicate& which, const char* why) {
  const std::lock_guard lock(mutex_);
  auto out = core_->withdraw(*this, which);
  for (auto& w : out) complete(std::move(w.done), error{errc::timed_out, "publish to '" + w.rec.topic + "': " + why});
  return out.size();
}

void producer_impl::watch(steady_time deadline) {
  expiry_.set(deadline,
              [self = std::static_pointer_cast<producer_impl>(shared_from_this())](boost::system::error_code ec) {
                if (!ec) self->expire();
              });
}

void producer_impl::expire() {
  const auto now = std::chrono::steady_clock::now();
  if (!expiry_.has_come(now)) return;
  give_up(
      [now](const waiting_publish& w) { return w.deadline && *w.deadline <= now; },
      "not taken before the deadline: its readers are too slow, max_bytes is too small, or the journal's disk is slow");
  std::optional<steady_time> next;
  {
    const std::lock_guard lock(mutex_);
    next = core_->earliest_deadline(*this);
  }
  if (next) watch(*next);
}

awaitable<drain_report> producer_impl::drain(std::shared_ptr<producer_impl> self, steady_time deadline) {
  self->close();
  bool in_time = true;
  // Do not put the wait into the condition with `&&`: g++ 12 evaluates that co_await even when nothing is in flight.
  while (in_time && self->in_flight_ != 0) in_time = co_await self->changed_.wait_until(deadline);
  drain_report report;
  if (self->in_flight_ != 0) {
    report.lost = self->give_up([](const waiting_publish&) { return true; }, "given up when the producer was drained");
  }
  // What is still in flight has completed; only the posts of its callbacks have not run yet.
  while (self->in_flight_ != 0) co_await self->changed_.wait();
  co_return report;
}

void producer_impl::abandon() {
  abandoned_ = closed_ = true;
  expiry_.cancel();
  std::vector<waiting_publish> waiting;  // destroyed after the mutex is released, since callbacks own foreign objects
  std::vector<completion> completed;
  const std::lock_guard lock(mutex_);
  waiting = core_->withdraw(*this, [](const waiting_publish&) { return true; });
  completed.swap(completed_);
}

}  // namespace streamdemo::bus::inprocess
