#include <cstdlib>

#include "contract/bus_fixture.hpp"

namespace streamdemo::contract {

std::vector<named_fixture> all_fixtures() {
  std::vector<named_fixture> all{{"inprocess", make_inprocess_fixture},
                                 {"inprocess-journal", make_journal_fixture},
                                 {"kafka-mock", make_kafka_mock_fixture}};
  if (std::getenv("STREAMDEMO_KAFKA_BROKERS") != nullptr) all.push_back({"kafka", make_kafka_fixture});
  return all;
}

}  // namespace streamdemo::contract
