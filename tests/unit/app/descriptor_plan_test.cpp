#include "app/descriptor_plan.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::app;

namespace {

constexpr descriptor_needs everything{.limit = 0, .max_connections = 20'000, .runs = 4, .brokers = true};

descriptor_needs with(descriptor_needs n, std::uint64_t limit) {
  n.limit = limit;
  return n;
}

}  // namespace

TEST_CASE("everybody has a share of the descriptors, however few there are") {
  for (const std::uint64_t limit : {64, 80, 256, 1024, 4096, 65'536, 1'048'576}) {
    CAPTURE(limit);
    for (const auto& n : {everything, descriptor_needs{.max_connections = 100}, descriptor_needs{.runs = 10'000}}) {
      const auto p = plan_descriptors(with(n, limit));
      CHECK(p.connections_below > 0);
      CHECK(p.connections_below < p.files_below);
      CHECK(p.files_below <= p.management_below);
      CHECK(static_cast<std::uint64_t>(p.management_below) <= limit);
      CHECK(static_cast<std::uint64_t>(p.files_below) >= limit / 2);
    }
  }
}

TEST_CASE("where there are enough, programs, brokers and the management keep what they need") {
  const auto p = plan_descriptors(with(everything, 65'536));
  CHECK(65'536 - p.management_below == 4 * 16 + 64);
  CHECK(p.management_below - p.files_below == 16);
  CHECK(room_for_connections(p, 40) > 20'000);
}

TEST_CASE("a limit without an end is one like any other") {
  const auto p = plan_descriptors(with(everything, ~std::uint64_t{0}));
  CHECK(p.connections_below > 1'000'000);
  CHECK(room_for_connections(p, 40) > 1'000'000);
}

TEST_CASE("the limit that is said to be enough is enough, and one less is not") {
  for (const std::uint32_t connections : {1'000, 1'001, 1'007, 20'000, 1'000'000}) {
    CAPTURE(connections);
    auto n = everything;
    n.max_connections = connections;
    const auto enough = sufficient_limit(n, 37);
    CHECK(room_for_connections(plan_descriptors(with(n, enough)), 37) >= connections);
    CHECK(room_for_connections(plan_descriptors(with(n, enough - 1)), 37) < connections);
  }
}

TEST_CASE("what is open already leaves less room, at last none") {
  const auto p = plan_descriptors(with(everything, 80));
  CHECK(room_for_connections(p, 10) == static_cast<std::uint64_t>(p.connections_below) - 10);
  CHECK(room_for_connections(p, 80) == 0);
}

TEST_CASE("the connections to a bucket have descriptors of their own") {
  auto n = everything;
  n.bucket = 16;
  const auto with_bucket = plan_descriptors(with(n, 65'536)), without = plan_descriptors(with(everything, 65'536));
  CHECK(without.files_below - with_bucket.files_below == 32);
}
