#include <cstdlib>

#include "contract/bus_fixture.hpp"

namespace streamdemo::contract {

std::vector<fixture_factory> all_fixtures() {
  std::vector<fixture_factory> all{make_inprocess_fixture, make_kafka_mock_fixture};
  if (std::getenv("STREAMDEMO_KAFKA_BROKERS") != nullptr) all.emplace_back(make_kafka_fixture);
  return all;
}

}  // namespace streamdemo::contract
