// The objects that every bus returns. Handlers and coroutines in flight share the implementation, so it may live
// longer than its owner; the owner's destructor therefore calls abandon(), after which the implementation does nothing.
#pragma once
#include <streamdemo/bus/bus.hpp>

namespace streamdemo::bus {

template <class Impl>
class producer_owner final : public producer {
 public:
  explicit producer_owner(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  ~producer_owner() override { impl_->abandon(); }

  void publish(record r, std::optional<steady_time> deadline, done d) override {
    impl_->publish(std::move(r), deadline, std::move(d));
  }
  void publish_together(std::vector<record>& all, steady_time deadline, done d) override {
    impl_->publish_together(all, deadline, std::move(d));
  }
  void close() override { impl_->close(); }
  awaitable<drain_report> drain(steady_time deadline) override { return Impl::drain(impl_, deadline); }

 private:
  std::shared_ptr<Impl> impl_;
};

template <class Impl>
class consumer_owner final : public shared_consumer {
 public:
  explicit consumer_owner(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  ~consumer_owner() override { impl_->abandon(); }

  awaitable<result<std::vector<shared_item>>> receive(std::size_t max) override { return Impl::receive(impl_, max); }
  void complete(const delivery& d) override { impl_->complete(d); }
  void recount(const delivery& d, std::size_t bytes) override { impl_->recount(d, bytes); }
  holdings held() const override { return impl_->held(); }
  std::optional<std::string> obstacle() const override { return impl_->obstacle(); }
  void close() override { impl_->close(); }
  awaitable<drain_report> drain(steady_time deadline) override { return Impl::drain(impl_, deadline); }

 private:
  std::shared_ptr<Impl> impl_;
};

template <class Impl>
class reader_owner final : public reader {
 public:
  explicit reader_owner(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  ~reader_owner() override { impl_->abandon(); }

  void follow(partition_id p, read_start from) override { impl_->follow(std::move(p), from); }
  void unfollow(const partition_id& p) override { impl_->unfollow(p); }
  awaitable<result<std::vector<read_item>>> receive(std::size_t max) override { return Impl::receive(impl_, max); }
  void close() override { impl_->close(); }
  // A reader has nothing to flush or to commit.
  awaitable<drain_report> drain(steady_time) override {
    impl_->close();
    co_return drain_report{};
  }

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace streamdemo::bus
