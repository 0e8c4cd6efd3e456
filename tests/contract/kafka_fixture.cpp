// The Kafka bus on real brokers. `./dev kafka test` starts them.
#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <streamdemo/base/id.hpp>
#include <streamdemo/bus/kafka.hpp>

#include <array>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "contract/bus_fixture.hpp"

namespace streamdemo::contract {

namespace {

std::vector<std::string> brokers() {
  std::istringstream all(std::getenv("STREAMDEMO_KAFKA_BROKERS"));
  std::vector<std::string> out;
  for (std::string one; std::getline(all, one, ',');) out.push_back(one);
  return out;
}

void must(rd_kafka_error_t* e) {
  if (e == nullptr) return;
  const std::string why = rd_kafka_error_string(e);
  rd_kafka_error_destroy(e);
  throw std::runtime_error(why);
}

std::shared_ptr<rd_kafka_t> foreign_client(const std::string& transactional_id = {}) {
  auto* conf = rd_kafka_conf_new();
  const auto servers = fmt::format("{}", fmt::join(brokers(), ","));
  std::array<char, 512> why{};
  for (const auto& [name, value] :
       {std::pair{"bootstrap.servers", servers}, std::pair{"transactional.id", transactional_id}}) {
    if (value.empty()) continue;
    if (rd_kafka_conf_set(conf, name, value.c_str(), why.data(), why.size()) != RD_KAFKA_CONF_OK) {
      throw std::runtime_error(why.data());
    }
  }
  std::shared_ptr<rd_kafka_t> p(rd_kafka_new(RD_KAFKA_PRODUCER, conf, why.data(), why.size()), rd_kafka_destroy);
  if (!p) throw std::runtime_error(why.data());
  return p;
}

void make_topic(rd_kafka_t* client, const std::string& name, const std::string& max_message_bytes) {
  std::array<char, 512> why{};
  auto* topic = rd_kafka_NewTopic_new(name.c_str(), 1, 1, why.data(), why.size());
  rd_kafka_NewTopic_set_config(topic, "max.message.bytes", max_message_bytes.c_str());
  auto* answers = rd_kafka_queue_new(client);
  rd_kafka_CreateTopics(client, &topic, 1, nullptr, answers);
  auto* answer = rd_kafka_queue_poll(answers, 30'000);
  const bool made = answer != nullptr && rd_kafka_event_error(answer) == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (answer != nullptr) rd_kafka_event_destroy(answer);
  rd_kafka_queue_destroy(answers);
  rd_kafka_NewTopic_destroy(topic);
  if (!made) throw std::runtime_error("the topic " + name + " was not made");
}

class kafka_fixture final : public bus_fixture {
 public:
  std::string name() const override { return "kafka"; }
  capabilities can() const override { return {.log_append_time = true, .transactions = true}; }
  std::chrono::seconds patience() const override { return std::chrono::seconds(180); }
  int stays() const override { return 4; }
  bus::bus& bus() override { return *bus_; }
  bool make_narrow_topic(const std::string& name, std::size_t max_batch_bytes) override {
    const auto client = foreign_client();
    make_topic(client.get(), name, std::to_string(max_batch_bytes));
    return true;
  }
  std::shared_ptr<void> open_transaction(const base::record& r) override {
    auto p = foreign_client("contract-" + base::random_id());
    must(rd_kafka_init_transactions(p.get(), 30'000));
    must(rd_kafka_begin_transaction(p.get()));
    const auto e = rd_kafka_producev(p.get(), RD_KAFKA_V_TOPIC(r.topic.c_str()), RD_KAFKA_V_PARTITION(r.partition),
                                     RD_KAFKA_V_VALUE(const_cast<char*>(r.value.data()), r.value.size()),
                                     RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (e != RD_KAFKA_RESP_ERR_NO_ERROR || rd_kafka_flush(p.get(), 30'000) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      throw std::runtime_error("the record of a transaction was not written");
    }
    return p;
  }

 private:
  base::metrics metrics_;
  base::logger log_{"contract", base::log_level::error};
  // Commit often, so that members which crash after a short stay also make progress.
  std::unique_ptr<bus::bus> bus_ =
      bus::make_kafka_bus(
          {.brokers = brokers(), .properties = {{"auto.commit.interval.ms", "5"}}, .client_id = "contract"}, metrics_,
          log_)
          .value();
};

}  // namespace

std::unique_ptr<bus_fixture> make_kafka_fixture() {
  return std::make_unique<kafka_fixture>();
}

}  // namespace streamdemo::contract
