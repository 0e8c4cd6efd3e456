// What one contract test works with: a bus, one loop in the calling thread, and topics with unique names. A test is a
// coroutine that waits for events without deadlines; it fails if it does not end within the bus's patience().
#pragma once
#include <doctest/doctest.h>

#include <streamdemo/base/log.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/task_group.hpp>

#include "contract/bus_fixture.hpp"

namespace streamdemo::contract {

using base::awaitable;
using base::errc;
using base::record;
using base::result;
using bus::partition_id;

base::steady_time in(base::milliseconds d);

class contract_fixture {
 public:
  contract_fixture(bus_fixture& f, base::executor ex);

  base::executor ex;
  bus::bus& bus;
  base::logger log{"contract", base::log_level::warning};
  base::task_group background;  // canceled and joined at the end of the test

  const capabilities& can() const { return can_; }
  int stays() const { return stays_; }
  bool make_narrow_topic(const std::string& name, std::size_t max_batch_bytes) {
    return fixture_.make_narrow_topic(name, max_batch_bytes);
  }
  std::shared_ptr<void> open_transaction(const record& r) { return fixture_.open_transaction(r); }

  // A name for a topic or a group that no other test in any run has.
  std::string fresh(const std::string& what);
  // Creates a topic with room for everything that a test may publish.
  awaitable<std::string> topic(std::int32_t partitions);
  // Creates a topic with room for `records` records of sized().
  awaitable<std::string> small_topic(bus::when_full full, std::size_t records, std::int32_t partitions = 1);
  // bus.end_offset(), with the partition_id in its own frame: g++ 12 destroys a braced temporary of co_await twice.
  awaitable<result<std::int64_t>> end_of(std::string topic, std::int32_t partition);

 private:
  awaitable<std::string> create(bus::topic_spec s);
  bus_fixture& fixture_;
  capabilities can_;
  int stays_;
};

using contract_body = awaitable<void> (*)(contract_fixture&);
void run_on_every_bus(contract_body body);

#define BUS_CONTRACT_AS(function, sentence)                                                         \
  static ::streamdemo::base::awaitable<void> function(::streamdemo::contract::contract_fixture& t); \
  TEST_CASE(sentence) {                                                                             \
    ::streamdemo::contract::run_on_every_bus(&function);                                            \
  }                                                                                                 \
  static ::streamdemo::base::awaitable<void> function([[maybe_unused]] ::streamdemo::contract::contract_fixture& t)
// Defines a test: BUS_CONTRACT("sentence") { … co_await …; }. In it, `t` is the contract_fixture.
#define BUS_CONTRACT(sentence) BUS_CONTRACT_AS(DOCTEST_ANONYMOUS(bus_contract_), sentence)

record text(const std::string& topic, std::int32_t partition, std::string value);
// A record whose size does not depend on the number.
record sized(const std::string& topic, std::int32_t partition, int number);

// Publishes and requires that it is accepted.
awaitable<bus::published> put(bus::producer& p, record r);
// `count` records "from", "from + 1", …, all in flight together.
awaitable<void> put_numbers(bus::producer& p, const std::string& topic, std::int32_t partition, int from, int count);

// Publishes that are in flight together, and the outcome of each. Must outlive them.
class pipeline {
 public:
  explicit pipeline(bus::producer& p, base::executor ex) : producer_(p), changed_(ex) {}

  void send(record r, std::optional<base::steady_time> deadline = std::nullopt);
  std::size_t sent() const { return outcomes.size(); }
  std::size_t ended() const { return order.size(); }
  awaitable<void> until_ended(std::size_t n);

  std::vector<std::optional<result<bus::published>>> outcomes;  // by order of send()
  std::vector<std::size_t> order;                               // in which they ended

 private:
  bus::producer& producer_;
  base::notifier changed_;
};

}  // namespace streamdemo::contract
