// What the contract's tests need of each bus. To add a bus: a file with a make_…_fixture(), and a line in fixtures.cpp.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace streamdemo::contract {

// The optional parts of the contract. A test that needs one of these returns at once on a bus without it.
struct capabilities {
  bool refuses_when_full = false;  // when_full::refuse and max_bytes bound a topic
  bool waits_when_full = false;    // when_full::wait and max_bytes bound a topic
  bool log_append_time = false;    // the bus sets the log times: they never go back and can be searched
  bool transactions = false;       // other programs may write in transactions
};

class bus_fixture {
 public:
  virtual ~bus_fixture() = default;
  virtual std::string name() const = 0;
  virtual capabilities can() const = 0;
  // A test that takes longer than this fails.
  virtual std::chrono::seconds patience() const = 0;
  // How often a member may join and leave in one test: a group may take seconds to notice that one is gone.
  virtual int stays() const = 0;
  // An empty bus, or one with topics and groups of other names.
  virtual bus::bus& bus() = 0;
  // Writes a record, as a foreign program, in a transaction that stays open as long as the returned object lives. Only
  // with capabilities::transactions.
  virtual std::shared_ptr<void> open_transaction(const base::record&) { return nullptr; }
  // Creates, as a foreign program, a topic of one partition that refuses batches of more than this many bytes. False:
  // this bus has no such topics.
  virtual bool make_narrow_topic(const std::string&, std::size_t) { return false; }
};

// The fixture is made only when it is run, because a bus may start threads and brokers.
struct named_fixture {
  std::string name;  // as bus_fixture::name()
  std::function<std::unique_ptr<bus_fixture>()> make;
};

// All available buses. The suite runs on each of them, or only on one with STREAMDEMO_CONTRACT_BUS=name.
std::vector<named_fixture> all_fixtures();

std::unique_ptr<bus_fixture> make_inprocess_fixture();
// With a journal, in a directory of its own.
std::unique_ptr<bus_fixture> make_journal_fixture();
// librdkafka on its built-in mock brokers.
std::unique_ptr<bus_fixture> make_kafka_mock_fixture();
// On the brokers of STREAMDEMO_KAFKA_BROKERS; available only if that is set.
std::unique_ptr<bus_fixture> make_kafka_fixture();

}  // namespace streamdemo::contract
