#include <doctest/doctest.h>
#include <streamdemo/base/number_table.hpp>

#include <random>
#include <set>

using namespace streamdemo;

TEST_CASE("a table of numbers has what was inserted and not erased, also where hashes are equal") {
  std::mt19937 random(1);
  for (const std::size_t hashes : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
    const auto hash_of = [&](std::uint32_t n) { return n % hashes * 0x9e3779b97f4a7c15U; };
    base::number_table table;
    std::set<std::uint32_t> has;
    for (int i = 0; i < 4000; ++i) {
      const auto n = static_cast<std::uint32_t>(random() % 300);
      const auto found = table.find(hash_of(n), [&](auto other) { return other == n; });
      REQUIRE((found == n) == has.contains(n));
      // It grows first and shrinks later.
      if (has.erase(n) != 0) {
        table.erase(hash_of(n), n);
      } else if (i < 2000 || i % 4 == 0) {
        has.insert(n);
        table.insert(hash_of(n), n);
      }
      REQUIRE(table.size() == has.size());
    }
    for (const auto n : has) table.erase(hash_of(n), n);
    CHECK(table.bytes() == 0);
    CHECK(table.find(0, [](auto) { return true; }) == base::number_table::none);
  }
}

TEST_CASE("a table of numbers takes little more than eight bytes a place, and gives back what it does not need") {
  base::number_table table;
  for (std::uint32_t n = 0; n < 10'000; ++n) table.insert(n * 0x9e3779b97f4a7c15U, n);
  CHECK(table.bytes() <= 10'000 * 22);
  for (std::uint32_t n = 0; n < 9'900; ++n) table.erase(n * 0x9e3779b97f4a7c15U, n);
  CHECK(table.bytes() <= 100 * 8 * 9);
}
