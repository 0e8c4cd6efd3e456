#include <doctest/doctest.h>

#include <streamdemo/base/partition.hpp>

#include <string>

using streamdemo::base::partition_for;

// From an independent implementation in Python, which agrees with the values of Kafka's own tests where those exist.
TEST_CASE("keys go to the partitions that every other client picks") {
  struct expectation {
    std::string_view key;
    std::int32_t six, seven, twelve, thousand;
  };
  const expectation all[] = {
      {"", 3, 2, 9, 681},
      {"a", 4, 5, 4, 524},
      {"ab", 2, 0, 2, 434},
      {"abc", 3, 4, 3, 107},
      {"abcd", 2, 5, 8, 100},
      {"21", 0, 3, 0, 340},
      {"foobar", 0, 0, 6, 166},
      {"a-little-bit-long-string", 2, 1, 8, 112},
      {"a-little-bit-longer-string", 5, 0, 11, 819},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", 5, 3, 5, 677},
      {"\xff\xfe\x80", 3, 3, 3, 251},
      {"018f3e2a-7c41-4e59-9d0b-5c2f6a1b3d47", 1, 6, 1, 693},
  };
  for (const auto& e : all) {
    CAPTURE(e.key);
    CHECK(partition_for(e.key, 1) == 0);
    CHECK(partition_for(e.key, 6) == e.six);
    CHECK(partition_for(e.key, 7) == e.seven);
    CHECK(partition_for(e.key, 12) == e.twelve);
    CHECK(partition_for(e.key, 1000) == e.thousand);
  }
}

TEST_CASE("keys that share all but their last four bytes go to the same partitions as alone") {
  for (const std::string head : {"", "abcd", "018f3e2a-7c41-4e59-9d0b-5c2f6a1b"}) {
    const streamdemo::base::keys_of_one_head keys(head);
    for (const std::string tail : {"3d47", "3d48", "\xff\xfe\x80z"}) {
      CAPTURE(head + tail);
      CHECK(keys.partition_for(tail, 12) == partition_for(head + tail, 12));
      CHECK(keys.partition_for(tail, 1000) == partition_for(head + tail, 1000));
    }
  }
}
