// The contract of the store, for every kind of it.
#include "gateway/history/store/event_store.hpp"

#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include <array>
#include <fstream>
#include <functional>
#include <random>

#include "gateway/history/store/event_key.hpp"
#include "support/temporary_directory.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

namespace {

constexpr base::sys_time noon{std::chrono::seconds{1'800'000'000}};

// Letters that shrink by a quarter at best.
std::string text_of(std::size_t bytes) {
  std::minstd_rand random(static_cast<std::uint_fast32_t>(bytes + 1));
  std::string text(bytes, 'x');
  for (auto& c : text) c = static_cast<char>('0' + random() % 64);
  return text;
}

task::event_ptr event(const std::string& id, std::int64_t seq, std::string text) {
  return task::make_event({.type = task::message_type::result,
                           .request_id = id,
                           .seq = seq,
                           .attempt = 1,
                           .time = noon,
                           .log_time = noon,
                           .source = "processor/p",
                           .resumed = std::nullopt,
                           .content_type = "text/plain",
                           .payload = std::move(text)});
}

task::event_ptr event(const std::string& id, std::int64_t seq, std::size_t bytes = 10) {
  return event(id, seq, text_of(bytes));
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

TEST_CASE("large events that shrink take as little of its memory as of its files, and soon are in those") {
  on_rocks s;
  const auto name = event_store::name_of("a", noon);
  for (std::int64_t i = 0; i < 100; ++i) {
    event_store::change c{.name = name};
    for (auto seq = i * 10 + 1; seq <= i * 10 + 10; ++seq) c.add.push_back(event("a", seq, std::string(20'000, 'y')));
    REQUIRE(s.store->write(std::array{c}, {}).has_value());
  }
  CHECK(s.store->disk_bytes() > 0);
  CHECK(s.store->disk_bytes() < 1 << 20);
  const auto all = s.store->read(name, 0, 2000, SIZE_MAX).value();
  REQUIRE(all.size() == 1000);
  CHECK(all.back()->sse() == event("a", 1000, std::string(20'000, 'y'))->sse());
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

TEST_CASE_TEMPLATE("notes are read in the order of their keys, from any of them on", Store, in_memory, on_rocks) {
  Store s;
  std::vector<event_store::note> notes;
  for (const auto* key : {"b", "a", "ab", "c"}) {
    notes.push_back({.key = key, .value = std::string("of ") + key, .erase_to = {}});
  }
  REQUIRE(s.store->write({}, notes).has_value());
  const auto read = [&](std::string_view after, std::size_t most) {
    std::string keys;
    std::size_t n = 0;
    const auto take = [&](std::string_view key, std::string_view value) {
      CHECK(value == "of " + std::string(key));
      keys.append(key).append(1, ' ');
      return ++n < most;
    };
    REQUIRE(s.store->read_notes(after, take).has_value());
    return keys;
  };
  CHECK(read("", 10) == "a ab b c ");
  CHECK(read("", 2) == "a ab ");
  CHECK(read("a", 10) == "ab b c ");
  CHECK(read("aa", 1) == "ab ");
  CHECK(read("c", 10).empty());
}

TEST_CASE_TEMPLATE("what is put aside is no longer read, and new events are", Store, in_memory, on_rocks) {
  Store s;
  for (int round = 0; round < 2; ++round) {
    s.add("a", 1, 10);
    REQUIRE(s.store->put_aside().has_value());
    CHECK(s.read("a").empty());
  }
  s.add("a", 1, 2);
  CHECK(s.read("a") == numbers(1, 2));
}

TEST_CASE("only what does not fit is put aside, the newest one; a new directory has nothing to tell of") {
  const test::temporary_directory directory;
  const auto open = [&](std::string_view shape, bool write) {
    const auto s = make_rocks_store(
        {.directory = directory.path(), .memory_bytes = 4 << 20, .max_disk_bytes = 64 << 20, .keep_for = 1h});
    auto found = s->open(shape).value();
    if (write) {
      const std::array mark{
          event_store::note{.key = std::string(event_store::shape_key), .value = std::string(shape), .erase_to = {}}};
      REQUIRE(s->write({}, mark).has_value());
    }
    return found;
  };
  const auto aside = directory.path() / "events.aside";
  const auto first = open("one", true);
  CHECK_FALSE(first.kept);
  CHECK(first.why.empty());
  CHECK(open("one", true).kept);
  CHECK_FALSE(std::filesystem::exists(aside));
  CHECK(open("two", true).why == "it was written for: one");
  CHECK(std::filesystem::exists(aside / "CURRENT"));
  CHECK(open("three", true).why == "it was written for: two");
  // What was put aside is whole: moved back, it serves again.
  std::filesystem::remove_all(directory.path() / "events");
  std::filesystem::rename(aside, directory.path() / "events");
  CHECK(open("two", false).kept);
}

TEST_CASE(
    "a store of before large events were compressed is taken over, and an earlier program does not take it back") {
  const test::temporary_directory directory;
  const auto make = [&] {
    return make_rocks_store(
        {.directory = directory.path(), .memory_bytes = 4 << 20, .max_disk_bytes = 64 << 20, .keep_for = 1h});
  };
  const auto key = note_mark + std::string(event_store::shape_key);
  const auto raw = [&](const std::function<void(rocksdb::DB&)>& f) {
    rocksdb::DB* made = nullptr;
    REQUIRE(rocksdb::DB::Open({}, (directory.path() / "events").string(), &made).ok());
    const std::unique_ptr<rocksdb::DB> db(made);
    f(*db);
  };
  REQUIRE(make()->open("shape").has_value());
  raw([&](rocksdb::DB& db) { REQUIRE(db.Put({}, key, "shape").ok()); });
  CHECK(make()->open("shape").value().kept);
  raw([&](rocksdb::DB& db) {
    std::string now;
    REQUIRE(db.Get({}, key, &now).ok());
    CHECK(now.starts_with("shape"));
    CHECK(now != "shape");
  });
  CHECK(make()->open("shape").value().kept);
}

// Any byte of the files may be damaged. Whatever that does, the process is not kept from starting.
TEST_CASE("a store with a damaged file opens or is put aside") {
  for (const auto* part : {".sst", "MANIFEST", "CURRENT"}) {
    CAPTURE(part);
    const test::temporary_directory directory;
    const auto make = [&] {
      return make_rocks_store(
          {.directory = directory.path(), .memory_bytes = 4 << 20, .max_disk_bytes = 64 << 20, .keep_for = 1h});
    };
    {
      const auto s = make();
      REQUIRE(s->open("shape").has_value());
      std::vector<event_store::note> notes;
      for (int i = 0; i < 1000; ++i) {
        notes.push_back({.key = "o" + std::to_string(i), .value = std::string(200, 'v'), .erase_to = {}});
      }
      notes.push_back({.key = std::string(event_store::shape_key), .value = "shape", .erase_to = {}});
      REQUIRE(s->write({}, notes).has_value());
    }
    int damaged = 0;
    for (const auto& f : std::filesystem::directory_iterator(directory.path() / "events")) {
      if (f.path().filename().string().find(part) == std::string::npos) continue;
      std::fstream file(f.path(), std::ios::in | std::ios::out | std::ios::binary);
      // Not the shape's own block, which lies behind the others.
      file.seekp(10);
      file.write("????????", 8);
      ++damaged;
    }
    REQUIRE(damaged > 0);
    const auto s = make();
    const auto opened = s->open("shape");
    REQUIRE(opened.has_value());
    if (opened->kept) {
      const auto read = s->read_notes("", [](auto, auto) { return true; });
      REQUIRE(read.has_error());
      CHECK(read.error().code == base::errc::corrupt);
      REQUIRE(s->put_aside().has_value());
    }
    CHECK(std::filesystem::exists(directory.path() / "events.aside"));
    int left = 0;
    const auto count = [&left](auto, auto) { return ++left > 0; };
    CHECK(s->read_notes("", count).has_value());
    CHECK(left == 0);
  }
}

// RocksDB writes nothing more once it was to merge a damaged file with others, and begins with that anew at each start.
TEST_CASE("a damaged file that is to be merged ends all writing, and the next start puts everything aside") {
  const test::temporary_directory directory;
  const auto make = [&] {
    return make_rocks_store(
        {.directory = directory.path(), .memory_bytes = 4 << 20, .max_disk_bytes = 64 << 20, .keep_for = 1h});
  };
  const auto name = event_store::name_of("a", noon);
  const event_store::change whole{.name = event_store::name_of("b", noon), .add = {event("b", 1)}};
  const std::array mark{
      event_store::note{.key = std::string(event_store::shape_key), .value = "shape", .erase_to = {}}};
  const auto write = [&](event_store& s, std::int64_t from) {
    event_store::change c{.name = name};
    for (auto seq = from; seq < from + 10; ++seq) c.add.push_back(event("a", seq, 20'000));
    return s.write(std::array{c}, mark);
  };
  {
    const auto s = make();
    REQUIRE(s->open("shape").has_value());
    for (int i = 0; i < 10; ++i) REQUIRE(write(*s, i * 10 + 1).has_value());
    REQUIRE(s->write(std::array{whole}, {}).has_value());
  }
  int damaged = 0;
  for (const auto& f : std::filesystem::directory_iterator(directory.path() / "events")) {
    if (f.path().extension() != ".sst" || f.file_size() < 500'000) continue;
    std::fstream file(f.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(f.file_size() / 2));
    file.write("????????", 8);
    ++damaged;
  }
  REQUIRE(damaged > 0);
  {
    const auto s = make();
    REQUIRE(s->open("shape").value().kept);
    std::optional<base::error> failed;
    // Enough to be merged with what is there, at the latest when nothing more may be written without.
    for (int i = 0; i < 400 && !failed; ++i) {
      if (const auto done = write(*s, i % 50 * 10 + 1); !done) failed = done.error();
    }
    REQUIRE(failed);
    CHECK(failed->code == base::errc::corrupt);
    CHECK(s->recover({}, false).has_error());
    CHECK(s->read(whole.name, 0, 10, SIZE_MAX).value().size() == 1);
  }
  {
    const auto s = make();
    const auto opened = s->open("shape").value();
    CHECK_FALSE(opened.kept);
    CHECK(opened.why.starts_with("one of its files is damaged: "));
    CHECK(std::filesystem::exists(directory.path() / "events.aside"));
    CHECK(s->read(name, 0, 10, SIZE_MAX).value().empty());
    REQUIRE(write(*s, 1).has_value());
  }
  const auto s = make();
  CHECK(s->open("shape").value().kept);
  CHECK(s->read(name, 0, 100, SIZE_MAX).value().size() == 10);
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
