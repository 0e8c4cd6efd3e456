#include "bus/inprocess/journal/store.hpp"

#include <doctest/doctest.h>
#include <rocksdb/db.h>

#include <fstream>

#include "support/temporary_directory.hpp"

using namespace streamdemo;
using namespace streamdemo::bus::inprocess::journal;

namespace {

base::record at(std::int64_t offset, std::int64_t millis) {
  base::record r;
  r.offset = offset;
  r.log_time = base::sys_time(base::milliseconds(millis));
  r.value = std::string(100, 'v');
  return r;
}

std::unique_ptr<store> open(const test::temporary_directory& d) {
  return store::open({d.path() / "records"}).value();
}

void put(store& s, topic_number t, std::int64_t from, std::int64_t to, std::int64_t claimed_end) {
  changes c;
  for (auto i = from; i < to; ++i) c.append(t, 0, at(i, i * 10));
  c.set(t, 0, {0, claimed_end, {}});
  REQUIRE(s.write(c, true).has_value());
}

// In topic "t", of one partition, whose number it returns.
topic_number ten_thousand_records_in_files(const test::temporary_directory& d) {
  topic_number number = 0;
  {
    auto s = open(d);
    number = s->add_topic("t", 1)->number;
    put(*s, number, 0, 10'000, 10'000);
  }
  // What was in the log of writes goes into a file when it is opened again.
  open(d).reset();
  return number;
}

std::vector<std::filesystem::path> large_files(const test::temporary_directory& d) {
  std::vector<std::filesystem::path> all;
  for (const auto& file : std::filesystem::directory_iterator(d.path() / "records")) {
    if (file.path().extension() == ".sst" && file.file_size() >= 10'000) all.push_back(file.path());
  }
  REQUIRE_FALSE(all.empty());
  return all;
}

void overwrite_middle(const std::filesystem::path& file) {
  std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
  f.seekp(static_cast<std::streamoff>(std::filesystem::file_size(file) / 2));
  f.write("????????", 8);
}

}  // namespace

TEST_CASE("records are found by offset and by time, in bounded pieces") {
  const test::temporary_directory directory;
  auto s = open(directory);
  const auto t = s->add_topic("t", 2).value();
  put(*s, t.number, 0, 100, 100);
  CHECK(s->read(t.number, 0, 40, 100, 5, 1 << 20).value().size() == 5);
  CHECK(s->read(t.number, 0, 40, 43, 100, 1 << 20).value().size() == 3);
  CHECK(s->read(t.number, 0, 40, 100, 100, 1).value().size() == 1);
  CHECK(s->read(t.number, 1, 0, 100, 100, 1 << 20).value().empty());
  CHECK(s->find(t.number, 0, 0, 100, at(0, 0).log_time).value() == 0);
  CHECK(s->find(t.number, 0, 0, 100, at(0, 501).log_time).value() == 51);
  CHECK(s->find(t.number, 0, 0, 100, at(0, 5000).log_time).value() == 100);
  changes c;
  c.remove(t.number, 0, 0, 60, changes::how::many);
  REQUIRE(s->write(c, false).has_value());
  CHECK(s->read(t.number, 0, 0, 100, 1, 1 << 20).value().front().offset == 60);
  CHECK(s->find(t.number, 0, 0, 100, at(0, 0).log_time).value() == 60);
}

TEST_CASE("what a failed write left behind past the end, or before the beginning, is gone when it is opened again") {
  const test::temporary_directory directory;
  topic_number number = 0;
  {
    auto s = open(directory);
    number = s->add_topic("t", 1)->number;
    put(*s, number, 0, 10, 7);
    changes c;
    c.set(number, 0, {3, 7, {}});
    REQUIRE(s->write(c, true).has_value());
  }
  auto s = open(directory);
  const auto kept = s->read(number, 0, 0, 100, 100, 1 << 20).value();
  REQUIRE(kept.size() == 4);
  CHECK(kept.front().offset == 3);
  CHECK(kept.back().offset == 6);
  CHECK(s->topics().at("t").partitions[0].end == 7);
}

TEST_CASE("a directory of a newer version is refused in words") {
  const test::temporary_directory directory;
  open(directory).reset();
  {
    rocksdb::DB* raw = nullptr;
    REQUIRE(rocksdb::DB::Open({}, (directory.path() / "records").string(), &raw).ok());
    const std::unique_ptr<rocksdb::DB> db(raw);
    REQUIRE(db->Put({}, std::string(format_key), encode(format + 1)).ok());
  }
  const auto refused = store::open({directory.path() / "records"});
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == base::errc::invalid_argument);
  CHECK(refused.error().message.find("newer version") != std::string::npos);
}

TEST_CASE("damage in the log of writes is told, and the log is kept as it was") {
  const test::temporary_directory directory;
  topic_number number = 0;
  {
    auto s = open(directory);
    number = s->add_topic("t", 1)->number;
    for (int i = 0; i < 3; ++i) put(*s, number, i * 100, i * 100 + 100, i * 100 + 100);
    CHECK(s->damage().empty());
  }
  std::filesystem::path log;
  for (const auto& file : std::filesystem::directory_iterator(directory.path() / "records")) {
    if (file.path().extension() == ".log" && file.file_size() > 0) log = file.path();
  }
  REQUIRE_FALSE(log.empty());
  const auto middle = std::filesystem::file_size(log) / 2;
  std::FILE* f = std::fopen(log.c_str(), "r+b");
  REQUIRE(f);
  std::fseek(f, long(middle), SEEK_SET);
  const int was = std::fgetc(f);
  std::fseek(f, long(middle), SEEK_SET);
  std::fputc(was ^ 1, f);
  std::fclose(f);
  auto s = open(directory);
  CHECK(s->damage().find("LOST") != std::string::npos);
  CHECK(s->topics().at("t").partitions[0].end < 300);
  bool kept = false;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    kept =
        kept || (entry.path().filename().string().starts_with("damaged-") && !std::filesystem::is_empty(entry.path()));
  }
  CHECK(kept);
}

// RocksDB takes no more writes once it was to merge a damaged file, and would come to that again each time it is
// opened.
TEST_CASE("a damaged file of records ends the merging of files, and nothing else") {
  const test::temporary_directory directory;
  const auto number = ten_thousand_records_in_files(directory);
  for (const auto& file : large_files(directory)) overwrite_middle(file);
  auto s = open(directory);
  CHECK(s->compact().has_error());
  std::int64_t next = 10'000;
  const auto add = [&] {
    changes c;
    for (int i = 0; i < 100; ++i, ++next) {
      auto r = at(next, next * 10);
      r.value.resize(50'000, 'w');
      c.append(number, 0, r);
    }
    c.set(number, 0, {0, next, {}});
    return s->write(c, false);
  };
  const auto refused = add();
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == base::errc::corrupt);
  CHECK(s->is_damaged());
  REQUIRE(s->try_again().has_value());
  // More than would be merged.
  for (int i = 0; i < 30; ++i) REQUIRE(add().has_value());
  CHECK(s->read(number, 0, 0, 100, 10, 1 << 20).value().size() == 10);
  CHECK(s->read(number, 0, next - 10, next, 100, 1 << 20).value().size() == 10);
  CHECK(s->read(number, 0, 0, 10'000, 10'000, 10 << 20).has_error());
}

TEST_CASE("damage in what was removed keeps no journal from opening") {
  const test::temporary_directory directory;
  const auto number = ten_thousand_records_in_files(directory);
  for (const auto& file : large_files(directory)) overwrite_middle(file);
  {
    auto s = open(directory);
    changes c;
    c.remove(number, 0, 0, 9'999, changes::how::few);
    c.set(number, 0, {9'999, 10'000, {}});
    REQUIRE(s->write(c, true).has_value());
  }
  auto s = open(directory);
  CHECK(s->read(number, 0, 9'999, 10'000, 10, 1 << 20).value().size() == 1);
}

TEST_CASE("where a file is cut off the journal does not open, and no attempt leaves anything behind") {
  const test::temporary_directory directory;
  ten_thousand_records_in_files(directory);
  for (const auto& file : large_files(directory)) std::filesystem::resize_file(file, 5'000);
  for (int i = 0; i < 2; ++i) CHECK(store::open({directory.path() / "records"}).has_error());
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    CAPTURE(entry.path().string());
    CHECK_FALSE(entry.path().filename().string().starts_with("damaged-"));
  }
}

TEST_CASE("it is checked and compacted, and a file that was changed is noticed") {
  const test::temporary_directory directory;
  {
    auto s = open(directory);
    const auto t = s->add_topic("t", 1).value();
    put(*s, t.number, 0, 1000, 1000);
    CHECK(s->compact().has_value());
    CHECK(s->verify().has_value());
    CHECK(s->disk_bytes() > 1000);
  }
  for (const auto& file : std::filesystem::directory_iterator(directory.path() / "records")) {
    if (file.path().extension() != ".sst") continue;
    std::FILE* f = std::fopen(file.path().c_str(), "r+b");
    REQUIRE(f);
    std::fseek(f, 100, SEEK_SET);
    std::fputs("changed", f);
    std::fclose(f);
  }
  const auto s = store::open({directory.path() / "records"});
  if (s) CHECK((*s)->verify().has_error());
}
