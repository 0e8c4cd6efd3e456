// The Kafka bus on real brokers. `./dev kafka test` starts them.
#include <streamdemo/bus/kafka.hpp>

#include <cstdlib>
#include <sstream>

#include "contract/bus_fixture.hpp"

namespace streamdemo::contract {

namespace {

std::vector<std::string> brokers() {
  std::istringstream all(std::getenv("STREAMDEMO_KAFKA_BROKERS"));
  std::vector<std::string> out;
  for (std::string one; std::getline(all, one, ',');) out.push_back(one);
  return out;
}

class kafka_fixture final : public bus_fixture {
 public:
  std::string name() const override { return "kafka"; }
  capabilities can() const override { return {.log_append_time = true}; }
  std::chrono::seconds patience() const override { return std::chrono::seconds(180); }
  int stays() const override { return 4; }
  bus::bus& bus() override { return *bus_; }

 private:
  base::metrics metrics_;
  base::logger log_{"contract", base::log_level::error};
  // Committed soon, so that members which crash after a short stay get on, too.
  std::unique_ptr<bus::bus> bus_ =
      std::move(bus::make_kafka_bus(
                    {.brokers = brokers(), .properties = {{"auto.commit.interval.ms", "5"}}, .client_id = "contract"},
                    metrics_, log_)
                    .value());
};

}  // namespace

std::unique_ptr<bus_fixture> make_kafka_fixture() {
  return std::make_unique<kafka_fixture>();
}

}  // namespace streamdemo::contract
