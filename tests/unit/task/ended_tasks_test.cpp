#include <doctest/doctest.h>
#include <streamdemo/task/ended_tasks.hpp>

using namespace streamdemo;
using namespace std::chrono_literals;

namespace {

constexpr auto uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
constexpr auto neighbour = "0f8fad5b-d9cb-469f-a165-70867728950f";
constexpr base::sys_time noon{43200s};

}  // namespace

TEST_CASE("what ended is found by its id, whatever the id looks like") {
  task::ended_tasks all;
  for (const auto& id : {std::string(uuid), std::string("order 4711"), std::string(128, 'x'), std::string()}) {
    CHECK_FALSE(all.find(id));
    all.put(id, {.how = task::status::canceled, .last_seq = 7, .at = noon});
    REQUIRE(all.find(id));
    CHECK(all.find(id)->how == task::status::canceled);
    CHECK(all.find(id)->at == noon);
    CHECK(all.find(id)->last_seq == 7);
  }
  CHECK_FALSE(all.find(neighbour));
  CHECK(all.size() == 4);
}

TEST_CASE("forgotten is what ended before, and nothing else") {
  task::ended_tasks all;
  all.put(uuid, {.how = task::status::succeeded, .last_seq = 7, .at = noon});
  all.put(neighbour, {.how = task::status::failed, .last_seq = 7, .at = noon + 1s});
  CHECK(all.forget_before(noon) == 0);
  CHECK(all.forget_before(noon + 1s) == 1);
  CHECK_FALSE(all.find(uuid));
  CHECK(all.find(neighbour));
}

TEST_CASE("the memory is about fifty bytes for each UUID, and is given back") {
  task::ended_tasks all;
  CHECK(all.bytes() == 0);
  for (int i = 10; i < 100; ++i) {
    all.put("0f8fad5b-d9cb-469f-a165-7086772895" + std::to_string(i),
            {.how = task::status::succeeded, .last_seq = 7, .at = noon});
  }
  CHECK(all.size() == 90);
  CHECK(all.bytes() <= 90 * 60);
  CHECK(all.bytes() >= 90 * 40);
  all.forget_before(noon + 1s);
  CHECK(all.bytes() == 0);
}

TEST_CASE("an id that ended, was erased and ended again is kept for its second end") {
  task::ended_tasks all;
  all.put(uuid, {.how = task::status::failed, .last_seq = 7, .at = noon});
  all.erase(uuid);
  CHECK_FALSE(all.find(uuid));
  all.put(uuid, {.how = task::status::succeeded, .last_seq = 7, .at = noon + 10s});
  CHECK(all.forget_before(noon + 1s) == 0);
  REQUIRE(all.find(uuid));
  CHECK(all.find(uuid)->how == task::status::succeeded);
  CHECK(all.forget_before(noon + 11s) == 1);
}

TEST_CASE("ids that end, are erased and end again for a long time are found, each as it ended last") {
  task::ended_tasks all;
  const auto id = [](int i) {
    return (i % 2 != 0 ? "0f8fad5b-d9cb-469f-a165-" : "order ") + std::to_string(100'000'000'000 + i);
  };
  constexpr int ids = 300, turns = 20;
  for (int turn = 0; turn < turns; ++turn) {
    for (int i = 0; i < ids; ++i) {
      if ((i + turn) % 3 == 0) all.erase(id(i));
      if ((i + turn) % 5 != 0) continue;
      all.put(id(i),
              {.how = task::status::canceled, .last_seq = static_cast<std::uint32_t>(turn), .at = noon + turn * 1s});
    }
    all.forget_before(noon + (turn - 7) * 1s);
    std::size_t found = 0;
    for (int i = 0; i < ids; ++i) {
      int last = -1;
      for (int t = std::max(0, turn - 7); t <= turn; ++t) {
        if ((i + t) % 3 == 0) last = -1;
        if ((i + t) % 5 == 0) last = t;
      }
      const auto e = all.find(id(i));
      REQUIRE(e.has_value() == (last >= 0));
      if (!e) continue;
      ++found;
      REQUIRE(e->last_seq == static_cast<std::uint32_t>(last));
    }
    REQUIRE(all.size() == found);
    std::size_t told = 0;
    all.for_each([&](const std::string& name) {
      ++told;
      CHECK(all.find(name));
    });
    REQUIRE(told == found);
  }
}
