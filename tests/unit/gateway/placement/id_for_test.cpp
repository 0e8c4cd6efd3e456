#include "gateway/tasks/placement/id_for.hpp"

#include <doctest/doctest.h>

#include <set>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/partition.hpp>

using namespace streamdemo;

TEST_CASE("ids fall into the wanted partition, and are random ids") {
  std::set<std::string> all;
  for (const std::int32_t partitions : {1, 3, 12, 48, 1000}) {
    for (std::int32_t i = 0; i < 200; ++i) {
      const auto wanted = i % partitions;
      const auto id = gateway::id_for(wanted, partitions);
      CHECK(base::partition_for(id, partitions) == wanted);
      CHECK(base::is_id(id));
      CHECK(id[14] == '4');
      all.insert(id);
    }
  }
  CHECK(all.size() == 1000);
}
