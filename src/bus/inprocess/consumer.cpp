#include "bus/inprocess/consumer.hpp"

namespace streamdemo::bus::inprocess {

void consumer_end::join() {
  const std::lock_guard lock(mutex_);
  id = core_->join(*this);
}

void consumer_end::close() {
  const std::lock_guard lock(mutex_);
  close_locked();
  core_->retire(*this);
}

void consumer_end::leave() {
  const std::lock_guard lock(mutex_);
  close_locked();
  core_->leave(*this);
  changes_.clear();
  owned_.clear();
}

void consumer_end::complete(const delivery& d) {
  const std::lock_guard lock(mutex_);
  const auto it = std::find_if(owned_.begin(), owned_.end(), [&](auto* p) { return p->assignment == d.assignment; });
  if (it == owned_.end()) return;
  auto& p = **it;
  const bool was_full = p.done.gap() >= options_.max_gap;
  const bool moved = p.done.complete(d.record->offset);
  if (held_back_) wake();
  if (!moved) return;
  p.committed = p.done.value();
  core_->admit(*p.source);
  if (was_full) wake();
}

void consumer_end::assign(const std::vector<group_partition*>& gained) {
  assigned news;
  for (auto* p : gained) {
    owned_.push_back(p);
    news.partitions.push_back(p->id);
  }
  changes_.push_back(std::move(news));
  wake();
}

void consumer_end::revoke(const std::vector<group_partition*>& lost) {
  revoked news;
  for (auto* p : lost) {
    std::erase(owned_, p);
    // An assignment that was never seen needs no end.
    bool seen = true;
    for (auto& c : changes_) {
      auto* a = std::get_if<assigned>(&c);
      if (a && std::erase(a->partitions, p->id) > 0) seen = false;
    }
    if (seen) news.partitions.push_back(p->id);
  }
  std::erase_if(changes_, [](const shared_item& c) {
    const auto* a = std::get_if<assigned>(&c);
    return a && a->partitions.empty();
  });
  if (!news.partitions.empty()) changes_.push_back(std::move(news));
  wake();
}

std::vector<shared_item> consumer_end::take(std::size_t max) {
  std::vector<shared_item> out;
  while (!changes_.empty() && out.size() < max) {
    out.push_back(std::move(changes_.front()));
    changes_.pop_front();
  }
  // Where news are left there is no room for records, so none overtakes the news of its partition.
  if (owned_.empty()) return out;
  ++first_;
  held_back_ = false;
  held_ = held_locked();
  for (std::size_t i = 0; i < owned_.size(); ++i) take_from(*owned_[(first_ + i) % owned_.size()], max, out);
  return out;
}

void consumer_end::take_from(group_partition& p, std::size_t max, std::vector<shared_item>& out) {
  const auto& log = p.source->data.log(p.id.partition);
  while (out.size() < max && p.next < log.end() && p.done.gap() < options_.max_gap) {
    if (held_ > 0 && held_ >= options_.max_bytes) {
      held_back_ = true;
      return;
    }
    auto r = log.at(p.next);
    const auto bytes = r->bytes();
    p.done.take(p.next, bytes);
    held_ += bytes;
    out.emplace_back(delivery{std::move(r), p.assignment});
    ++p.next;
  }
}

std::size_t consumer_end::held_bytes() {
  const std::lock_guard lock(mutex_);
  return held_locked();
}

std::size_t consumer_end::held_locked() const {
  std::size_t n = 0;
  for (const auto* p : owned_) n += p->done.bytes();
  return n;
}

namespace {

class inprocess_consumer final : public shared_consumer {
 public:
  explicit inprocess_consumer(std::shared_ptr<consumer_end> end) : end_(std::move(end)) {}
  ~inprocess_consumer() override { end_->leave(); }

  awaitable<result<std::vector<shared_item>>> receive(std::size_t max) override {
    return consumer_end::receive(end_, max);
  }
  void complete(const delivery& d) override { end_->complete(d); }
  std::size_t held_bytes() const override { return end_->held_bytes(); }
  std::optional<std::string> obstacle() const override { return std::nullopt; }
  void close() override { end_->close(); }
  awaitable<drain_report> drain(steady_time) override {
    // A completed record is committed at once, so there is nothing to wait for.
    end_->leave();
    co_return drain_report{};
  }

 private:
  std::shared_ptr<consumer_end> end_;
};

}  // namespace

std::unique_ptr<shared_consumer> join(executor ex, std::shared_ptr<core> c, group_options o) {
  auto end = std::make_shared<consumer_end>(ex, std::move(c), std::move(o));
  end->join();
  return std::make_unique<inprocess_consumer>(std::move(end));
}

}  // namespace streamdemo::bus::inprocess
