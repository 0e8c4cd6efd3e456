#include "bus/kafka/consumer.hpp"

#include "bus/kafka/consumer_end.hpp"

namespace streamdemo::bus::kafka {

namespace {

class kafka_consumer final : public shared_consumer {
 public:
  explicit kafka_consumer(std::shared_ptr<consumer_end> end) : end_(std::move(end)) { end_->start(); }
  ~kafka_consumer() override { end_->abandon(); }

  awaitable<result<std::vector<shared_item>>> receive(std::size_t max) override {
    return consumer_end::receive(end_, max);
  }
  void complete(const delivery& d) override { end_->complete(d); }
  std::size_t held_bytes() const override { return end_->held_bytes(); }
  std::optional<std::string> obstacle() const override { return end_->obstacle(); }
  void close() override { end_->close(); }
  awaitable<drain_report> drain(steady_time deadline) override { return consumer_end::drain(end_, deadline); }

 private:
  std::shared_ptr<consumer_end> end_;
};

}  // namespace

std::unique_ptr<shared_consumer> join(executor ex, context& c, group_options o) {
  return std::make_unique<kafka_consumer>(std::make_shared<consumer_end>(ex, c, std::move(o)));
}

}  // namespace streamdemo::bus::kafka
