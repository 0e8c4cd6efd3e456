// What a bus brings along to be held to the contract. Adding one: a file with a make_…_fixture, and a line in
// fixtures.cpp.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace streamdemo::contract {

// What the contract leaves to the bus. A test that needs one of these says so and is skipped without it.
struct capabilities {
  bool bounded_memory = false;   // asks topic_spec::full and max_bytes
  bool log_append_time = false;  // log times are the bus's own: they never go back and can be searched
  bool transactions = false;     // others may write in transactions
};

class bus_fixture {
 public:
  virtual ~bus_fixture() = default;
  virtual std::string name() const = 0;
  virtual capabilities can() const = 0;
  // No test takes longer than this unless the bus is broken.
  virtual std::chrono::seconds patience() const = 0;
  // How often a member may come and go in one test: a group may take seconds to miss one that is gone.
  virtual int stays() const = 0;
  // An empty bus, or one with topics and groups of other names.
  virtual bus::bus& bus() = 0;
  // As a foreign program: a record in a transaction that stays open for as long as what is returned. Only with
  // capabilities::transactions.
  virtual std::shared_ptr<void> open_transaction(const base::record&) { return nullptr; }
  // As a foreign program: a topic of one partition that takes no batch of records larger than that. False: this bus has
  // no such topics.
  virtual bool make_narrow_topic(const std::string&, std::size_t) { return false; }
};

// Made only when it is run: a bus may bring threads and brokers along.
struct named_fixture {
  std::string name;  // as bus_fixture::name()
  std::function<std::unique_ptr<bus_fixture>()> make;
};

// Every bus that is there. The suite runs on each, or, with STREAMDEMO_CONTRACT_BUS=name, on that one.
std::vector<named_fixture> all_fixtures();

std::unique_ptr<bus_fixture> make_inprocess_fixture();
// Kafka's client library on the brokers that it plays itself.
std::unique_ptr<bus_fixture> make_kafka_mock_fixture();
// On the brokers of STREAMDEMO_KAFKA_BROKERS; only where that is set.
std::unique_ptr<bus_fixture> make_kafka_fixture();

}  // namespace streamdemo::contract
