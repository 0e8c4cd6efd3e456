// The contract of the store, for every kind of it.
#include "gateway/history/store/event_store.hpp"

#include <doctest/doctest.h>

#include <array>

#include "support/temporary_directory.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

namespace {

constexpr base::sys_time noon{std::chrono::seconds{1'800'000'000}};

task::event_ptr event(const std::string& id, std::int64_t seq, std::size_t bytes = 10) {
  return task::make_event({.type = task::message_type::result,
                           .request_id = id,
                           .seq = seq,
                           .attempt = 1,
                           .time = noon,
                           .log_time = noon,
                           .source = "processor/p",
                           .resumed = std::nullopt,
                           .content_type = "text/plain",
                           .payload = std::string(bytes, 'x')});
}

struct one_store {
  virtual ~one_store() = default;
  std::unique_ptr<event_store> store;

  void add(const std::string& id, std::int64_t from, std::int64_t through, std::size_t bytes = 10,
           base::sys_time at = noon) {
    event_store::change c{.name = event_store::name_of(id, at)};
    for (auto seq = from; seq <= through; ++seq) c.add.push_back(event(id, seq, bytes));
    REQUIRE(store->write(std::array{c}, {}).has_value());
  }
  void erase(const std::string& id, std::int64_t from, std::int64_t through) {
    const event_store::change c{.name = event_store::name_of(id, noon), .erase_through = through, .erase_from = from};
    REQUIRE(store->write(std::array{c}, {}).has_value());
  }
  std::vector<std::int64_t> read(const std::string& id, std::int64_t after = 0, std::size_t events = 1'000'000,
                                 std::size_t bytes = SIZE_MAX, base::sys_time at = noon) const {
    std::vector<std::int64_t> seqs;
    const auto found = store->read(event_store::name_of(id, at), after, events, bytes);
    for (const auto& e : found.value()) seqs.push_back(e->seq());
    return seqs;
  }
};

struct in_memory final : one_store {
  in_memory() {
    store = make_memory_store();
    REQUIRE(store->open("shape").has_value());
  }
};

struct on_rocks final : one_store {
  on_rocks() {
    store = make_rocks_store(
        {.directory = directory.path() / "h", .memory_bytes = 4 << 20, .max_disk_bytes = 64 << 20, .keep_for = 1h});
    REQUIRE(store->open("shape").has_value());
  }
  ~on_rocks() override { store.reset(); }
  test::temporary_directory directory;
};

using list = std::vector<std::int64_t>;

list numbers(std::int64_t from, std::int64_t through) {
  list out;
  for (auto n = from; n <= through; ++n) out.push_back(n);
  return out;
}

}  // namespace

TEST_CASE_TEMPLATE("what is written is read in order, byte for byte", Store, in_memory, on_rocks) {
  Store s;
  s.add("a", 1, 300);
  CHECK(s.read("a") == numbers(1, 300));
  CHECK(s.read("a", 299) == list{300});
  CHECK(s.read("a", 300).empty());
  const auto found = s.store->read(event_store::name_of("a", noon), 6, 1, 1);
  CHECK(found.value().front()->sse() == event("a", 7)->sse());
  CHECK(found.value().front()->json() == event("a", 7)->json());
  CHECK(found.value().front()->type() == task::message_type::result);
}

TEST_CASE_TEMPLATE("a history is read without its neighbours", Store, in_memory, on_rocks) {
  Store s;
  s.add("a", 1, 2);
  s.add("ab", 1, 3);
  s.add("b", 1, 4);
  s.add("a", 1, 5, 10, noon + 1s);  // the same id again, later
  CHECK(s.read("a") == numbers(1, 2));
  CHECK(s.read("ab") == numbers(1, 3));
  CHECK(s.read("b") == numbers(1, 4));
  CHECK(s.read("a", 0, 100, SIZE_MAX, noon + 1s) == numbers(1, 5));
  CHECK(s.read("c").empty());
}

TEST_CASE_TEMPLATE("a read ends at either bound, but gives one event at least", Store, in_memory, on_rocks) {
  Store s;
  s.add("a", 1, 10, 1000);
  CHECK(s.read("a", 0, 3) == numbers(1, 3));
  CHECK(s.read("a", 3, 100, 1).size() == 1);
  CHECK(s.read("a", 0, 100, 2500) == numbers(1, 3));
}

TEST_CASE_TEMPLATE("few or many events are erased, and no others", Store, in_memory, on_rocks) {
  Store s;
  for (const std::int64_t many : {20, 2000}) {
    s.add("a", 1, many);
    s.add("b", 1, many);
    s.erase("a", 1, many / 2);
    CHECK(s.read("a") == numbers(many / 2 + 1, many));
    s.erase("a", 1, many);
    CHECK(s.read("a").empty());
    CHECK(s.read("b") == numbers(1, many));
  }
}

TEST_CASE_TEMPLATE("changes are made in their order", Store, in_memory, on_rocks) {
  Store s;
  const auto name = event_store::name_of("a", noon);
  const std::array changes{event_store::change{.name = name, .add = {event("a", 1), event("a", 2)}},
                           event_store::change{.name = name, .add = {}, .erase_through = 2},
                           event_store::change{.name = name, .add = {event("a", 2)}}};
  REQUIRE(s.store->write(changes, {}).has_value());
  CHECK(s.read("a") == list{2});
}

TEST_CASE_TEMPLATE("what was accepted before a time is erased", Store, in_memory, on_rocks) {
  Store s;
  s.add("old", 1, 100, 10, noon - 1s);
  s.add("new", 1, 100, 10, noon);
  REQUIRE(s.store->erase_before(noon, true).has_value());
  CHECK(s.read("old", 0, 1000, SIZE_MAX, noon - 1s).empty());
  CHECK(s.read("new") == numbers(1, 100));
  REQUIRE(s.store->erase_before(noon, false).has_value());
  CHECK(s.read("new") == numbers(1, 100));
}

TEST_CASE_TEMPLATE("more than fits into its memory is read back, and takes room", Store, in_memory, on_rocks) {
  Store s;
  for (std::int64_t i = 0; i < 100; ++i) s.add("a", i * 10 + 1, i * 10 + 10, 20'000);
  CHECK(s.read("a") == numbers(1, 1000));
  CHECK(s.store->disk_bytes() > 0);
  const std::array erasures{
      event_store::change{.name = event_store::name_of("a", noon), .add = {}, .erase_through = 500, .erase_from = 1}};
  REQUIRE(s.store->recover(erasures, false).has_value());
  CHECK(s.read("a") == numbers(501, 1000));
  REQUIRE(s.store->recover({}, true).has_value());
  CHECK(s.read("a").empty());
  s.add("a", 1, 10);
  CHECK(s.read("a") == numbers(1, 10));
}

TEST_CASE_TEMPLATE("it is empty when it is opened again", Store, in_memory, on_rocks) {
  Store s;
  s.add("a", 1, 10);
  if constexpr (std::is_same_v<Store, on_rocks>) {
    const auto again = make_rocks_store(
        {.directory = s.directory.path() / "h", .memory_bytes = 4 << 20, .max_disk_bytes = 64 << 20, .keep_for = 1h});
    s.store.reset();
    REQUIRE(again->open("shape").has_value());
    CHECK(again->read(event_store::name_of("a", noon), 0, 10, 1000).value().empty());
  } else {
    REQUIRE(s.store->open("shape").has_value());
    CHECK(s.read("a").empty());
  }
}

TEST_CASE("a directory serves one process at a time, and the error says what to set") {
  on_rocks s;
  s.add("a", 1, 10);
  const auto second = make_rocks_store(
      {.directory = s.directory.path() / "h", .memory_bytes = 4 << 20, .max_disk_bytes = 64 << 20, .keep_for = 1h});
  const auto opened = second->open("shape");
  REQUIRE(opened.has_error());
  CHECK(opened.error().code == base::errc::conflict);
  CHECK(opened.error().message.find("history.directory") != std::string::npos);
  CHECK(s.read("a") == numbers(1, 10));
}

TEST_CASE("a directory that cannot be made is an error that names the setting") {
  const auto s = make_rocks_store(
      {.directory = "/dev/null/h", .memory_bytes = 4 << 20, .max_disk_bytes = 64 << 20, .keep_for = 1h});
  const auto opened = s->open("shape");
  REQUIRE(opened.has_error());
  CHECK(opened.error().code == base::errc::invalid_argument);
  CHECK(opened.error().message.find("history.directory") != std::string::npos);
}
