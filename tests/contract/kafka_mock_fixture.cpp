// The Kafka bus on librdkafka's built-in mock brokers. This fixture adds what they lack.
#include "contract/bus_fixture.hpp"
#include "kafka/mock_cluster.hpp"

namespace streamdemo::contract {

namespace {

using kafka_tests::mock_cluster;

class mock_producer final : public bus::producer {
 public:
  mock_producer(mock_cluster& c, std::unique_ptr<bus::producer> real) : cluster_(c), real_(std::move(real)) {}
  void publish(bus::record r, std::optional<bus::steady_time> deadline, done d) override {
    cluster_.meet(r.topic);
    real_->publish(std::move(r), deadline, std::move(d));
  }
  void publish_together(std::vector<bus::record>& all, bus::steady_time deadline, done d) override {
    real_->publish_together(all, deadline, std::move(d));
  }
  void close() override { real_->close(); }
  bus::awaitable<bus::drain_report> drain(bus::steady_time deadline) override { return real_->drain(deadline); }

 private:
  mock_cluster& cluster_;
  std::unique_ptr<bus::producer> real_;
};

class mock_bus final : public bus::bus {
 public:
  mock_bus(mock_cluster& c, std::unique_ptr<bus> real) : cluster_(c), real_(std::move(real)) {}

  streamdemo::bus::awaitable<streamdemo::bus::result<void>> ensure_topics(
      std::vector<streamdemo::bus::topic_spec> topics) override {
    for (const auto& t : topics) cluster_.make(t);
    return real_->ensure_topics(std::move(topics));
  }
  streamdemo::bus::awaitable<streamdemo::bus::result<std::int64_t>> end_offset(
      streamdemo::bus::partition_id p) override {
    cluster_.meet(p.topic);
    return real_->end_offset(std::move(p));
  }
  bool writes_together() const noexcept override { return real_->writes_together(); }
  std::unique_ptr<streamdemo::bus::producer> make_producer(streamdemo::bus::executor ex) override {
    return std::make_unique<mock_producer>(cluster_, real_->make_producer(ex));
  }
  std::unique_ptr<streamdemo::bus::shared_consumer> join(streamdemo::bus::executor ex,
                                                         streamdemo::bus::group_options o) override {
    return real_->join(ex, std::move(o));
  }
  std::unique_ptr<streamdemo::bus::reader> make_reader(streamdemo::bus::executor ex,
                                                       streamdemo::bus::reader_options o) override {
    return real_->make_reader(ex, o);
  }

 private:
  mock_cluster& cluster_;
  std::unique_ptr<bus> real_;
};

class kafka_mock_fixture final : public bus_fixture {
 public:
  std::string name() const override { return "kafka-mock"; }
  capabilities can() const override { return {}; }
  std::chrono::seconds patience() const override { return std::chrono::seconds(120); }
  int stays() const override { return 4; }
  bus::bus& bus() override { return bus_; }

 private:
  std::unique_ptr<bus::bus> make_real() {
    bus::kafka_options o;
    o.brokers.push_back(cluster_.brokers());
    o.client_id = "contract";
    o.log_append_time = false;
    // Mock brokers answer an empty fetch only after its full wait, even if a record arrives meanwhile, so keep it
    // short. The session timeout must be longer than the three seconds that a group needs to start.
    o.properties = {{"fetch.wait.max.ms", "5"},
                    {"session.timeout.ms", "3200"},
                    {"heartbeat.interval.ms", "200"},
                    {"auto.commit.interval.ms", "5"}};
    return bus::make_kafka_bus(std::move(o), metrics_, log_).value();
  }

  // One cluster for all tests, because its end takes a second.
  static mock_cluster& shared_cluster() {
    static mock_cluster cluster;
    return cluster;
  }

  mock_cluster& cluster_ = shared_cluster();
  base::metrics metrics_;
  base::logger log_{"contract", base::log_level::error};
  mock_bus bus_{cluster_, make_real()};
};

}  // namespace

std::unique_ptr<bus_fixture> make_kafka_mock_fixture() {
  return std::make_unique<kafka_mock_fixture>();
}

}  // namespace streamdemo::contract
