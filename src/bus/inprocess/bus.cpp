#include <streamdemo/bus/inprocess.hpp>

#include "bus/inprocess/consumer_impl.hpp"
#include "bus/inprocess/producer_impl.hpp"
#include "bus/inprocess/reader_impl.hpp"
#include "bus/owners.hpp"

namespace streamdemo::bus {

namespace inprocess {
namespace {

class inprocess_bus final : public bus {
 public:
  inprocess_bus(const base::clock& clock, const base::logger& log)
      : log_(log.child("bus")), core_(std::make_shared<core>(clock, log_)) {}

  awaitable<result<void>> ensure_topics(std::vector<topic_spec> topics) override {
    const std::lock_guard lock(core_->mutex());
    co_return core_->ensure_topics(topics);
  }

  awaitable<result<std::int64_t>> end_offset(partition_id p) override {
    const std::lock_guard lock(core_->mutex());
    const auto* t = core_->find(p.topic);
    if (!t || !t->data.has(p.partition)) {
      co_return error{errc::not_found, fmt::format("there is no partition {} of topic '{}'", p.partition, p.topic)};
    }
    co_return t->data.log(p.partition).end();
  }

  std::unique_ptr<producer> make_producer(executor ex) override {
    return std::make_unique<producer_owner<producer_impl>>(std::make_shared<producer_impl>(ex, core_));
  }
  std::unique_ptr<shared_consumer> join(executor ex, group_options o) override {
    auto impl = std::make_shared<consumer_impl>(ex, core_, std::move(o));
    impl->join();
    return std::make_unique<consumer_owner<consumer_impl>>(std::move(impl));
  }
  std::unique_ptr<reader> make_reader(executor ex) override {
    return std::make_unique<reader_owner<reader_impl>>(std::make_shared<reader_impl>(ex, core_));
  }

 private:
  const base::logger log_;
  std::shared_ptr<core> core_;
};

}  // namespace
}  // namespace inprocess

std::unique_ptr<bus> make_inprocess_bus(const base::clock& clock, const base::logger& log) {
  return std::make_unique<inprocess::inprocess_bus>(clock, log);
}

}  // namespace streamdemo::bus
