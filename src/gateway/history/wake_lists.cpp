#include "gateway/history/wake_lists.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

#include "gateway/history/kept_history.hpp"

namespace streamdemo::gateway {

// An entry in its history's list for one loop.
class news_subscription final : public subscription {
 public:
  news_subscription(std::shared_ptr<waiters_of_task::list> w, wake_lists::loop_list& l, subscriber& s)
      : list_(std::move(w)), loop_(l), subscriber_(s) {
    list_->count.fetch_add(1);
    next_ = list_->first;
    if (next_ != nullptr) next_->previous_ = this;
    list_->first = this;
  }

  ~news_subscription() override {
    if (loop_.next == this) loop_.next = next_;
    (previous_ == nullptr ? list_->first : previous_->next_) = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
    list_->count.fetch_sub(1);
  }

  news_subscription* next() const noexcept { return next_; }
  void tell() noexcept { subscriber_.on_news(); }

 private:
  // One word more would cost each idle stream two.
  const std::shared_ptr<waiters_of_task::list> list_;  // and its history
  wake_lists::loop_list& loop_;
  subscriber& subscriber_;
  news_subscription* previous_ = nullptr;
  news_subscription* next_ = nullptr;
};

class task_subscription final : public subscription {
 public:
  task_subscription(std::shared_ptr<wake_lists> all, std::string id, subscriber& s)
      : all_(std::move(all)), id_(std::move(id)), list_(*all_->loops_[base::current_loop()]), subscriber_(s) {
    all_->task_waiters_.fetch_add(1);
    list_.task_waiters.fetch_add(1);
    place_ = list_.tasks.emplace(id_, this);
  }

  ~task_subscription() override {
    std::replace(list_.turn.begin(), list_.turn.end(), this, static_cast<task_subscription*>(nullptr));
    list_.tasks.erase(place_);
    list_.task_waiters.fetch_sub(1);
    all_->task_waiters_.fetch_sub(1);
  }

  void tell() noexcept { subscriber_.on_news(); }

 private:
  std::shared_ptr<wake_lists> all_;
  std::string id_;
  wake_lists::loop_list& list_;
  subscriber& subscriber_;
  std::unordered_multimap<std::string_view, task_subscription*>::iterator place_;
};

wake_lists::wake_lists(base::io_threads& loops, std::size_t max_task_waiters) : max_task_waiters_(max_task_waiters) {
  for (std::size_t i = 0; i < loops.size(); ++i) loops_.push_back(std::make_unique<loop_list>(loops.executor(i)));
}

std::unique_ptr<subscription> wake_lists::subscribe(kept_ptr h, subscriber& s, waits_for what) {
  const auto loop = base::current_loop();
  auto* waiting = &h->make_waiters().loops[loop].of(what);
  return std::make_unique<news_subscription>(std::shared_ptr<waiters_of_task::list>(std::move(h), waiting),
                                             *loops_[loop], s);
}

std::unique_ptr<subscription> wake_lists::await_task(std::string request_id, subscriber& s) {
  if (task_waiters_.load() >= max_task_waiters_) return nullptr;
  return std::make_unique<task_subscription>(shared_from_this(), std::move(request_id), s);
}

void wake_lists::changed(const kept_ptr& h) {
  if (h->note_changed(true)) return;
  changed_.push_back(h);
}

void wake_lists::created(const std::string& request_id) {
  created_.push_back(request_id);
}

void wake_lists::flush() {
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    auto& l = *loops_[i];
    const bool tasks = !created_.empty() && l.task_waiters.load() > 0;
    bool post = false;
    {
      const std::lock_guard lock(l.mutex);
      for (const auto& h : changed_) {
        auto* all = h->waiters();
        if (all == nullptr) continue;
        auto& w = all->loops[i];
        const bool awaited = w.news.count.load() > 0 || (w.end.count.load() > 0 && h->is_over());
        if (!awaited || w.queued) continue;
        w.queued = true;
        l.changed.push_back(h);
      }
      if (tasks) l.created.insert(l.created.end(), created_.begin(), created_.end());
      post = !l.posted && (!l.changed.empty() || !l.created.empty());
      l.posted = l.posted || post;
    }
    if (post) asio::post(l.ex, [self = shared_from_this(), i] { self->run(i); });
  }
  for (const auto& h : changed_) h->note_changed(false);
  changed_.clear();
  created_.clear();
}

void wake_lists::shut() {
  for (auto& l : loops_) {
    const std::lock_guard lock(l->mutex);
    for (const auto& h : l->changed) h->waiters()->loops[static_cast<std::size_t>(&l - loops_.data())].queued = false;
    l->changed.clear();
    l->created.clear();
  }
}

void wake_lists::run(std::size_t loop) {
  auto& l = *loops_[loop];
  std::vector<kept_ptr> changed_now;
  std::vector<std::string> created_now;
  {
    const std::lock_guard lock(l.mutex);
    changed_now.swap(l.changed);
    created_now.swap(l.created);
    l.posted = false;
    for (const auto& h : changed_now) h->waiters()->loops[loop].queued = false;
  }
  for (const auto& id : created_now) wake_tasks(l, id);
  for (const auto& h : changed_now) {
    wake(l, h->waiters()->loops[loop].news);
    if (h->is_over()) wake(l, h->waiters()->loops[loop].end);
  }
}

void wake_lists::wake(loop_list& l, waiters_of_task::list& waiting) {
  for (auto* s = waiting.first; s != nullptr; s = l.next) {
    l.next = s->next();
    s->tell();
  }
  l.next = nullptr;
}

void wake_lists::wake_tasks(loop_list& l, const std::string& request_id) {
  const auto [first, last] = l.tasks.equal_range(request_id);
  for (auto it = first; it != last; ++it) l.turn.push_back(it->second);
  for (std::size_t i = 0; i < l.turn.size(); ++i) {
    if (l.turn[i] != nullptr) l.turn[i]->tell();
  }
  l.turn.clear();
}

}  // namespace streamdemo::gateway
