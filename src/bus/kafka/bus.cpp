#include <boost/asio/async_result.hpp>

#include "bus/kafka/consumer_impl.hpp"
#include "bus/kafka/offset_lookup.hpp"
#include "bus/kafka/producer_impl.hpp"
#include "bus/kafka/reader_impl.hpp"
#include "bus/kafka/topics.hpp"
#include "bus/owners.hpp"

namespace streamdemo::bus {

namespace kafka {
namespace {

class kafka_bus final : public bus {
 public:
  kafka_bus(std::unique_ptr<dependencies> d, client_ptr client)
      : deps_(std::move(d)), client_(std::move(client)), lookup_(std::make_shared<offset_lookup>(*deps_, client_)) {}
  // Without this, the destructor would wait for the timeout of each pending question to brokers that cannot be reached.
  ~kafka_bus() override { lookup_->close(); }

  awaitable<result<void>> ensure_topics(std::vector<topic_spec> topics) override {
    // The topics are shared, because the loop below needs them after the call.
    auto shared = std::make_shared<const std::vector<topic_spec>>(std::move(topics));
    auto body = [d = deps_.get(), shared] { return kafka::ensure_topics(*d, *shared); };
    auto done = co_await deps_->lookups().run(std::move(body));
    if (done) {
      for (const auto& t : *shared) deps_->remember(t.name, t.partitions);
    }
    co_return done;
  }

  awaitable<result<std::int64_t>> end_offset(partition_id p) override {
    const executor ex = co_await asio::this_coro::executor;
    auto start = [lookup = lookup_, ex](auto handler, partition_id which) {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      auto work = asio::require(ex, asio::execution::outstanding_work.tracked);
      lookup->ask(std::move(which), offset_lookup::the_end, [shared, work](result<std::int64_t> r) {
        asio::post(work, [shared, r = std::move(r)]() mutable { std::move (*shared)(std::move(r)); });
      });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<executor>, void(result<std::int64_t>)>(
        start, base::use_awaitable, std::move(p));
  }

  // Records of several partitions would need a transaction, for which all gateways' records would wait in turn.
  bool writes_together() const noexcept override { return false; }

  std::unique_ptr<producer> make_producer(executor ex) override {
    auto impl = std::make_shared<producer_impl>(ex, *deps_);
    impl->start();
    return std::make_unique<producer_owner<producer_impl>>(std::move(impl));
  }
  std::unique_ptr<shared_consumer> join(executor ex, group_options o) override {
    auto impl = std::make_shared<consumer_impl>(ex, *deps_, std::move(o));
    impl->join();
    return std::make_unique<consumer_owner<consumer_impl>>(std::move(impl));
  }
  std::unique_ptr<reader> make_reader(executor ex, reader_options o) override {
    auto impl = std::make_shared<reader_impl>(ex, *deps_, lookup_, o);
    impl->start();
    return std::make_unique<reader_owner<reader_impl>>(std::move(impl));
  }

 private:
  std::unique_ptr<dependencies> deps_;
  client_ptr client_;  // asks for offsets
  std::shared_ptr<offset_lookup> lookup_;
};

}  // namespace
}  // namespace kafka

result<std::unique_ptr<bus>> make_kafka_bus(kafka_options o, base::metrics& metrics, const base::logger& log) {
  using namespace kafka;
  auto d = std::make_unique<dependencies>(std::move(o), metrics, log);
  // As the readers do. With read_committed, an open transaction of another client would make the log seem to end before
  // records that are already acknowledged, and whoever asks for the end would believe that they were not written.
  auto conf = make_conf(d->options, {}, {{"isolation.level", "read_uncommitted"}});
  if (!conf) return conf.error();
  // Without a log queue the library would log from its own threads. The other clients report the same problems.
  rd_kafka_conf_set_log_cb(conf->get(), nullptr);
  auto made = make_client(RD_KAFKA_CONSUMER, std::move(*conf));
  if (!made) return made.error();
  auto client = d->own(*made);
  return std::make_unique<kafka_bus>(std::move(d), std::move(client));
}

}  // namespace streamdemo::bus
