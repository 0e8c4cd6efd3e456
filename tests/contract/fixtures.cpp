#include "contract/bus_fixture.hpp"

namespace streamdemo::contract {

std::vector<fixture_factory> all_fixtures() {
  return {
      make_inprocess_fixture,
  };
}

}  // namespace streamdemo::contract
