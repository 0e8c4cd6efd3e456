#include <doctest/doctest.h>
#include <fmt/format.h>
#include <rocksdb/db.h>

#include <random>
#include <set>
#include <streamdemo/bus/journal_tools.hpp>

#include "bus/inprocess/journal/directory_lock.hpp"
#include "bus/inprocess/journal/store.hpp"
#include "support/temporary_directory.hpp"

using namespace streamdemo;
using namespace streamdemo::bus;
using namespace streamdemo::bus::inprocess::journal;

namespace {

std::unique_ptr<store> open_records(const test::temporary_directory& d) {
  return store::open({.directory = d.path() / records_directory}).value();
}

// Does not get smaller when compressed.
std::string noise(unsigned seed) {
  std::mt19937 next(seed);
  std::string out;
  while (out.size() < 1000) out += static_cast<char>(next());
  return out;
}

void put_records(store& s, topic_number t, std::int64_t from, std::int64_t to) {
  changes c;
  for (auto i = from; i < to; ++i) {
    base::record r;
    r.offset = i;
    r.log_time = base::sys_time(base::milliseconds(1000 + i));
    r.value = noise(static_cast<unsigned>(i));
    c.append(t, 0, r);
  }
  c.set(t, 0, {0, to, base::sys_time(base::milliseconds(1000 + to - 1))});
  REQUIRE(s.write(c, true).has_value());
}

// Ten records, of which a group has completed four.
void fill(const test::temporary_directory& d) {
  auto s = open_records(d);
  const auto t = s->add_topic("request", 2).value();
  put_records(*s, t.number, 0, 10);
  changes c;
  c.set(commit_place{t.number, 0, "workers"}, commit_entry{4, base::sys_time(base::milliseconds(2000))});
  REQUIRE(s->write(c, true).has_value());
}

std::set<std::string> files(const test::temporary_directory& d) {
  std::set<std::string> out;
  for (const auto& f : std::filesystem::recursive_directory_iterator(d.path())) out.insert(f.path().string());
  return out;
}

// Overwrites bytes in the middle of each large file with this ending.
void damage(const test::temporary_directory& d, const char* ending) {
  std::size_t damaged = 0;
  for (const auto& f : std::filesystem::directory_iterator(d.path() / records_directory)) {
    if (f.path().extension() != ending || f.file_size() < 100) continue;
    std::FILE* file = std::fopen(f.path().c_str(), "r+b");
    REQUIRE(file);
    std::fseek(file, static_cast<long>(f.file_size() / 2), SEEK_SET);
    std::fputs("changed", file);
    std::fclose(file);
    ++damaged;
  }
  REQUIRE(damaged > 0);
}

// Changes records behind the back of the store.
template <class Change>
void tamper(const test::temporary_directory& d, Change change) {
  rocksdb::DB* raw = nullptr;
  REQUIRE(rocksdb::DB::Open({}, (d.path() / records_directory).string(), &raw).ok());
  const std::unique_ptr<rocksdb::DB> db(raw);
  change(*db);
}

}  // namespace

TEST_CASE("a journal is looked at without a trace") {
  const test::temporary_directory directory;
  fill(directory);
  const auto before = files(directory);
  const auto info = look_at_journal(directory.path()).value();
  CHECK(info.format == format);
  CHECK(info.bytes > 10'000);
  CHECK(info.open_by.empty());
  REQUIRE(info.topics.size() == 1);
  CHECK(info.topics[0].name == "request");
  REQUIRE(info.topics[0].partitions.size() == 2);
  CHECK(info.topics[0].partitions[0].begin == 0);
  CHECK(info.topics[0].partitions[0].end == 10);
  CHECK(info.topics[0].partitions[0].newest == base::sys_time(base::milliseconds(1009)));
  CHECK(info.topics[0].partitions[1].end == 0);
  REQUIRE(info.groups.size() == 1);
  CHECK(info.groups[0].group == "workers");
  CHECK(info.groups[0].topic == "request");
  CHECK(info.groups[0].offset == 4);
  CHECK(info.groups[0].at == base::sys_time(base::milliseconds(2000)));
  CHECK(files(directory) == before);
}

TEST_CASE("beside the process that has it open it is looked at, but neither checked nor compacted") {
  const test::temporary_directory directory;
  fill(directory);
  const auto lock = directory_lock::take(directory.path());
  REQUIRE(lock.has_value());
  auto s = open_records(directory);
  put_records(*s, s->topics().at("request").number, 10, 20);
  const auto info = look_at_journal(directory.path()).value();
  CHECK(info.open_by.starts_with("process "));
  CHECK(info.topics[0].partitions[0].end == 20);
  for (const auto& refused : {check_journal(directory.path()).error(), compact_journal(directory.path()).error()}) {
    CHECK(refused.code == base::errc::already_exists);
    CHECK(refused.message.find("is in use by process ") != std::string::npos);
  }
  // It goes on, whoever looked.
  put_records(*s, s->topics().at("request").number, 20, 30);
  CHECK(look_at_journal(directory.path()).value().topics[0].partitions[0].end == 30);
}

TEST_CASE("a directory that is missing or none is named, and nothing is made") {
  const test::temporary_directory directory;
  const auto missing = directory.path() / "missing";
  const auto other = directory.path() / "other";
  std::filesystem::create_directory(other);
  const auto errors = [](const std::filesystem::path& p) {
    return std::vector<base::error>{look_at_journal(p).error(), check_journal(p).error(), compact_journal(p).error()};
  };
  for (const auto& e : errors(missing)) {
    CHECK(e.code == base::errc::not_found);
    CHECK(e.message == "there is no directory " + missing.string());
  }
  for (const auto& e : errors(other)) {
    CHECK(e.code == base::errc::invalid_argument);
    CHECK(e.message.find("is no journal") != std::string::npos);
  }
  CHECK(files(directory).size() == 1);
}

TEST_CASE("a whole journal is found good, record by record") {
  const test::temporary_directory directory;
  fill(directory);
  const auto found = check_journal(directory.path()).value();
  CHECK(found.records == 10);
  CHECK(found.bytes > 10'000);
  CHECK(found.wrong.empty());
  CHECK(found.more == 0);
}

TEST_CASE("records that are missing or cannot be decoded, and progress past the end, are named with their place") {
  const test::temporary_directory directory;
  fill(directory);
  const auto number = open_records(directory)->topics().at("request").number;
  tamper(directory, [&](rocksdb::DB& db) {
    REQUIRE(db.Delete({}, record_key(number, 0, 2)).ok());
    REQUIRE(db.Delete({}, record_key(number, 0, 3)).ok());
    REQUIRE(db.Put({}, record_key(number, 0, 5), "?").ok());
    REQUIRE(db.Delete({}, record_key(number, 0, 9)).ok());
    REQUIRE(db.Put({}, commit_key({number, 1, "workers"}), encode(commit_entry{7, {}})).ok());
  });
  const auto found = check_journal(directory.path()).value();
  CHECK(found.records == 7);
  const std::vector<std::string> expected{
      "topic 'request', partition 0: the records from offset 2 to 3 are missing",
      "topic 'request', partition 0: the record at offset 5 cannot be decoded",
      "topic 'request', partition 0: the records from offset 9 to 9 are missing",
      "group 'workers': topic 'request', partition 1: completed up to offset 7, but the partition ends at 0"};
  CHECK(found.wrong == expected);
}

TEST_CASE("only so much of what is wrong is listed, and the rest is counted") {
  const test::temporary_directory directory;
  fill(directory);
  const auto number = open_records(directory)->topics().at("request").number;
  tamper(directory, [&](rocksdb::DB& db) {
    for (int i = 0; i < 130; ++i) {
      REQUIRE(db.Put({}, commit_key({number, 1, fmt::format("g{:03}", i)}), encode(commit_entry{7, {}})).ok());
    }
  });
  const auto found = check_journal(directory.path()).value();
  CHECK(found.wrong.size() == 100);
  CHECK(found.more == 30);
}

TEST_CASE("changed bytes are noticed, in a file of records and in the log of writes") {
  for (const auto* ending : {".sst", ".log"}) {
    CAPTURE(ending);
    const test::temporary_directory directory;
    fill(directory);
    {
      auto s = open_records(directory);
      // Several writes, and more than a block, so that some come after the damage.
      for (int i = 1; i < 10; ++i) put_records(*s, s->topics().at("request").number, 10 * i, 10 * i + 10);
      if (std::string_view(ending) == ".sst") REQUIRE(s->compact().has_value());
    }
    damage(directory, ending);
    const auto found = check_journal(directory.path());
    REQUIRE(found.has_value());
    REQUIRE_FALSE(found->wrong.empty());
    CHECK(found->wrong.front().find("orruption") != std::string::npos);
    // And what to do about it: a server would go on by itself where only the end of the log of writes is lost.
    const bool says_what_to_do = found->wrong.front().find("start with a backup") != std::string::npos;
    CHECK(says_what_to_do);
  }
}

TEST_CASE("compacting gives back the room of what was removed, and keeps the rest") {
  const test::temporary_directory directory;
  {
    auto s = open_records(directory);
    const auto t = s->add_topic("request", 1).value();
    for (int i = 0; i < 100; ++i) put_records(*s, t.number, 100 * i, 100 * i + 100);
    changes c;
    c.remove(t.number, 0, 0, 9'990, changes::how::many);
    c.set(t.number, 0, {9'990, 10'000, {}});
    REQUIRE(s->write(c, true).has_value());
  }
  const auto sizes = compact_journal(directory.path()).value();
  CHECK(sizes.before > 1'000'000);
  CHECK(sizes.after < 100'000);
  const auto found = check_journal(directory.path()).value();
  CHECK(found.records == 10);
  CHECK(found.wrong.empty());
}
