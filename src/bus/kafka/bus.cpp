#include <boost/asio/async_result.hpp>

#include "bus/kafka/consumer.hpp"
#include "bus/kafka/offset_desk.hpp"
#include "bus/kafka/producer.hpp"
#include "bus/kafka/reader.hpp"
#include "bus/kafka/topics.hpp"

namespace streamdemo::bus {

namespace kafka {
namespace {

class kafka_bus final : public bus {
 public:
  kafka_bus(std::unique_ptr<context> c, client_ptr client)
      : context_(std::move(c)), client_(std::move(client)), desk_(std::make_shared<offset_desk>(*context_, client_)) {}
  // Else a thousand questions to brokers that are away would be waited for, one by one.
  ~kafka_bus() override { desk_->close(); }

  awaitable<result<void>> ensure_topics(std::vector<topic_spec> topics) override {
    // What it needs goes with it, and its result comes back as an error or none.
    auto shared = std::make_shared<const std::vector<topic_spec>>(std::move(topics));
    auto body = [c = context_.get(), shared] { return kafka::ensure_topics(*c, *shared); };
    auto done = co_await context_->lookups().run(std::move(body));
    if (done) {
      for (const auto& t : *shared) context_->remember(t.name, t.partitions);
    }
    co_return done;
  }

  awaitable<result<std::int64_t>> end_offset(partition_id p) override {
    const executor ex = co_await asio::this_coro::executor;
    auto start = [desk = desk_, ex](auto handler, partition_id which) {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      auto work = asio::require(ex, asio::execution::outstanding_work.tracked);
      desk->ask(std::move(which), offset_desk::the_end, [shared, work](result<std::int64_t> r) {
        asio::post(work, [shared, r = std::move(r)]() mutable { std::move (*shared)(std::move(r)); });
      });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<executor>, void(result<std::int64_t>)>(
        start, base::use_awaitable, std::move(p));
  }

  std::unique_ptr<producer> make_producer(executor ex) override { return kafka::make_producer(ex, *context_); }
  std::unique_ptr<shared_consumer> join(executor ex, group_options o) override {
    return kafka::join(ex, *context_, std::move(o));
  }
  std::unique_ptr<reader> make_reader(executor ex) override { return kafka::make_reader(ex, *context_, desk_); }

 private:
  std::unique_ptr<context> context_;
  client_ptr client_;  // asks for offsets
  std::shared_ptr<offset_desk> desk_;
};

}  // namespace
}  // namespace kafka

result<std::unique_ptr<bus>> make_kafka_bus(kafka_options o, base::metrics& metrics, const base::logger& log) {
  using namespace kafka;
  auto c = std::make_unique<context>(std::move(o), metrics, log);
  // As the readers do: a transaction that somebody holds open ends the log for nobody. Else the end would stand before
  // records that were acknowledged, and whoever asks for it would take them for not written.
  auto conf = make_conf(c->options, {}, {{"isolation.level", "read_uncommitted"}});
  if (!conf) return conf.error();
  // Its log lines would come on the library's threads; the other clients see the same trouble and tell it.
  rd_kafka_conf_set_log_cb(conf->get(), nullptr);
  auto made = make_client(RD_KAFKA_CONSUMER, std::move(*conf));
  if (!made) return made.error();
  auto client = c->own(*made);
  return std::make_unique<kafka_bus>(std::move(c), std::move(client));
}

}  // namespace streamdemo::bus
