// The bus with a journal on files that fail. The power goes before each single write and sync in turn: what was
// acknowledged is there afterwards, once and in its order, and nothing else but what may have been under way.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <set>

#include "bus/inprocess/bus_on_env.hpp"
#include "support/hand_clock.hpp"
#include "support/temporary_directory.hpp"
#include "unit/bus/journal/fragile_files.hpp"

using namespace streamdemo;

namespace {

using bus::partition_id;
using steady = std::chrono::steady_clock;

constexpr int responses = 24;
constexpr int requests = 8;
// Numbers from here on are in both topics, published together.
constexpr int first_pair = 1000;
constexpr int pairs = 6;

constexpr base::milliseconds retention{3600000};

std::vector<bus::topic_spec> topics() {
  bus::topic_spec request;
  request.name = "request";
  request.partitions = 2;
  request.max_bytes = 64 << 20;
  auto response = request;
  response.name = "response";
  response.full = bus::when_full::wait;
  response.max_bytes = 2000;  // some records: the rest is read from the disk
  response.retention = retention;
  return {request, response};
}

base::record numbered(std::string topic, int n) {
  base::record r;
  r.topic = std::move(topic);
  r.partition = n % 2;
  r.key = "k";
  r.headers.add("n", std::to_string(n));
  r.value = std::string(100, 'v');
  return r;
}

int number_of(const base::record& r) {
  return std::stoi(std::string(r.header_value("n").value()));
}

const base::system_clock system_clock;

// What one life of a process was told.
struct ledger {
  std::map<std::string, std::map<int, std::int64_t>> acknowledged;  // topic → number → offset
  std::map<std::string, std::set<int>> offered;
  std::set<int> completed;  // requests
  std::set<int> acknowledged_pairs;
};

class life {
 public:
  explicit life(const std::filesystem::path& directory, rocksdb::Env* env, std::uint64_t max_disk_bytes = 1 << 30)
      : life({.directory = directory, .max_disk_bytes = max_disk_bytes}, env, system_clock) {}
  life(const bus::journal_options& o, rocksdb::Env* env, const base::clock& clock)
      : made_(bus::inprocess::make_bus_on_env(o, env, clock, metrics_, log_)) {}

  bool open() {
    if (made_.has_error()) return false;
    bool good = false;
    bool ended = false;
    asio::co_spawn(
        loop_,
        [&]() -> base::awaitable<void> {
          auto specs = topics();
          const auto made = co_await bus().ensure_topics(std::move(specs));
          good = made.has_value();
          ended = true;
        },
        asio::detached);
    run_until([&] { return ended; });
    return good;
  }
  std::string why() const { return made_.has_error() ? made_.error().message : ""; }
  bus::bus& bus() { return **made_; }

  // Publishes everything, completes the first half of the requests, and stops where the files do.
  void work(const test::fragile_files& files, ledger& l) {
    auto producer = bus().make_producer(loop_.get_executor());
    auto member = bus().join(loop_.get_executor(), {.group = "g", .topics = {"request"}});
    int ended = 0;
    const auto put = [&](const std::string& topic, int n) {
      l.offered[topic].insert(n);
      producer->publish(numbered(topic, n), steady::now() + std::chrono::seconds(20),
                        [&l, &ended, topic, n](base::result<bus::published> r) {
                          ++ended;
                          if (r) l.acknowledged[topic][n] = r->offset;
                        });
    };
    for (int n = 0; n < requests; ++n) put("request", n);
    asio::co_spawn(loop_, complete_some(*member, l), asio::detached);
    for (int n = first_pair; n < first_pair + pairs; ++n) {
      std::vector<base::record> both;
      for (const auto* topic : {"response", "request"}) {
        both.push_back(numbered(topic, n));
        l.offered[topic].insert(n);
      }
      producer->publish_together(both, steady::now() + std::chrono::seconds(20), [&l, &ended, n](const auto& r) {
        ++ended;
        if (r) l.acknowledged_pairs.insert(n);
      });
    }
    const int others = requests + pairs;
    for (int n = 0; n < responses; ++n) {
      put("response", n);
      // Some alone in their group, some together.
      if (n % 5 == 0) run_until([&] { return ended == others + n + 1 || files.failed(); });
    }
    run_until([&] { return files.failed() || (ended == others + responses && l.completed.size() == requests / 2); });
    run_until([&] { return ended == others + responses || files.failed(); });
    member->close();
    loop_.restart();
    loop_.poll();
    member.reset();
    producer.reset();
  }

  void publish(const std::string& topic, int n, std::optional<base::milliseconds> patience,
               std::optional<base::result<bus::published>>& outcome, std::size_t bytes = 100) {
    if (!producer_) producer_ = bus().make_producer(loop_.get_executor());
    const auto deadline = patience ? std::optional(steady::now() + *patience) : std::nullopt;
    auto sent = numbered(topic, n);
    sent.value.resize(bytes, 'v');
    producer_->publish(std::move(sent), deadline, [&outcome](base::result<bus::published> r) { outcome = r; });
  }
  base::result<bus::published> publish(const std::string& topic, int n, base::milliseconds patience,
                                       std::size_t bytes = 100) {
    std::optional<base::result<bus::published>> outcome;
    publish(topic, n, patience, outcome, bytes);
    run_until([&] { return outcome.has_value(); });
    return *outcome;
  }

  template <class Done>
  void run_until(Done done) {
    const auto limit = steady::now() + std::chrono::seconds(30);
    while (!done()) {
      REQUIRE(steady::now() < limit);
      loop_.restart();
      loop_.run_one_for(base::milliseconds(5));
    }
  }
  void run_for(base::milliseconds d) {
    loop_.restart();
    loop_.run_for(d);
  }

  std::vector<base::record_ptr> all_of(const std::string& topic) {
    auto reader = bus().make_reader(loop_.get_executor());
    std::vector<base::record_ptr> got;
    std::string lost;
    int behind = 2;
    for (std::int32_t p = 0; p < 2; ++p) reader->follow({topic, p}, bus::from_time{});
    asio::co_spawn(loop_, read(*reader, got, lost, behind), asio::detached);
    run_until([&] { return behind == 0 || !lost.empty(); });
    CHECK(lost == "");
    reader->close();
    loop_.restart();
    loop_.poll();
    reader.reset();
    return got;
  }

  // Receives and completes so many requests as a member of the group.
  void complete_all(const std::string& group, std::size_t count) {
    auto member = bus().join(loop_.get_executor(), {.group = group, .topics = {"request"}});
    std::size_t done = 0;
    asio::co_spawn(loop_, complete_each(*member, done), asio::detached);
    run_until([&] { return done == count; });
    member->close();
    loop_.restart();
    loop_.poll();
    member.reset();
  }

  // Whether partition 0 no longer has this offset.
  bool has_lost(const std::string& topic, std::int64_t offset) {
    auto reader = bus().make_reader(loop_.get_executor());
    std::vector<base::record_ptr> got;
    std::string lost;
    int behind = 1;
    reader->follow({topic, 0}, bus::from_offset{offset});
    asio::co_spawn(loop_, read(*reader, got, lost, behind), asio::detached);
    run_until([&] { return behind == 0 || !lost.empty(); });
    reader->close();
    run_for(base::milliseconds(10));
    return !lost.empty();
  }

  // Joins the group until it was given all of these, and returns all that it was given.
  std::set<int> await_given(const std::set<int>& wanted, const std::string& group = "g") {
    auto member = bus().join(loop_.get_executor(), {.group = group, .topics = {"request"}});
    std::set<int> got;
    asio::co_spawn(loop_, collect(*member, got), asio::detached);
    run_until([&] { return std::ranges::includes(got, wanted); });
    member->close();
    loop_.restart();
    loop_.poll();
    member.reset();
    return got;
  }

  ~life() {
    producer_.reset();
    loop_.restart();
    loop_.poll();
  }

 private:
  static base::awaitable<void> complete_some(bus::shared_consumer& m, ledger& l) {
    for (;;) {
      auto items = co_await m.receive(10);
      if (!items) co_return;
      for (auto& i : *items) {
        auto* d = std::get_if<bus::delivery>(&i);
        if (!d || number_of(*d->record) >= requests / 2) continue;
        l.completed.insert(number_of(*d->record));
        m.complete(*d);
      }
    }
  }
  static base::awaitable<void> complete_each(bus::shared_consumer& m, std::size_t& done) {
    for (;;) {
      auto items = co_await m.receive(10);
      if (!items) co_return;
      for (auto& i : *items) {
        if (auto* d = std::get_if<bus::delivery>(&i)) {
          m.complete(*d);
          ++done;
        }
      }
    }
  }
  static base::awaitable<void> collect(bus::shared_consumer& m, std::set<int>& got) {
    for (;;) {
      auto items = co_await m.receive(10);
      if (!items) co_return;
      for (auto& i : *items) {
        if (auto* d = std::get_if<bus::delivery>(&i)) got.insert(number_of(*d->record));
      }
    }
  }
  static base::awaitable<void> read(bus::reader& r, std::vector<base::record_ptr>& got, std::string& lost,
                                    int& behind) {
    for (;;) {
      auto items = co_await r.receive(10);
      if (!items) co_return;
      for (auto& i : *items) {
        if (auto* record = std::get_if<base::record_ptr>(&i)) got.push_back(*record);
        if (std::holds_alternative<bus::caught_up>(i)) --behind;
        if (auto* p = std::get_if<bus::position_lost>(&i)) lost = p->message;
      }
    }
  }
  base::logger log_{"journal", base::log_level::off};
  base::metrics metrics_;
  asio::io_context loop_;
  base::result<std::unique_ptr<bus::bus>> made_;
  std::unique_ptr<bus::producer> producer_;
};

void check_pairs(life& after, const ledger& l) {
  std::map<std::string, std::set<int>> kept;
  for (const auto* topic : {"request", "response"}) {
    for (const auto& r : after.all_of(topic)) {
      if (number_of(*r) >= first_pair) kept[topic].insert(number_of(*r));
    }
  }
  CHECK(kept["request"] == kept["response"]);
  for (const auto n : l.acknowledged_pairs) CHECK_MESSAGE(kept["request"].contains(n), "lost: ", n);
}

void check(life& after, const ledger& l) {
  check_pairs(after, l);
  for (const auto& topic : {std::string("request"), std::string("response")}) {
    INFO("topic ", topic);
    const auto found = l.acknowledged.find(topic);
    const auto acknowledged = found == l.acknowledged.end() ? std::map<int, std::int64_t>{} : found->second;
    std::map<int, std::int64_t> kept;
    std::map<std::int32_t, const base::record*> last;
    for (const auto& r : after.all_of(topic)) {
      const auto n = number_of(*r);
      CHECK_MESSAGE(kept.emplace(n, r->offset).second, "twice: ", n);
      CHECK(l.offered.at(topic).contains(n));
      const auto sent = numbered(topic, n);
      CHECK(r->topic == topic);
      CHECK(r->partition == sent.partition);
      CHECK(r->key == sent.key);
      CHECK(r->headers == sent.headers);
      CHECK(r->value == sent.value);
      if (const auto* before = last[r->partition]) {
        CHECK(r->offset == before->offset + 1);
        // Pairs are published behind the requests, and ahead of the other responses.
        const auto before_n = number_of(*before);
        if ((before_n < first_pair) == (n < first_pair)) CHECK(before_n < n);
        CHECK(before->log_time <= r->log_time);
      }
      last[r->partition] = r.get();
    }
    for (const auto& [n, offset] : acknowledged) {
      // Completed requests may be gone.
      if (topic == "request" && l.completed.contains(n) && !kept.contains(n)) continue;
      REQUIRE_MESSAGE(kept.contains(n), "acknowledged and lost: ", n);
      CHECK(kept[n] == offset);
    }
  }
  auto open = l.acknowledged_pairs;
  if (const auto all = l.acknowledged.find("request"); all != l.acknowledged.end()) {
    for (const auto& [n, offset] : all->second) {
      if (!l.completed.contains(n)) open.insert(n);
    }
  }
  after.await_given(open);
}

}  // namespace

TEST_CASE("the power goes before each write in turn: what was acknowledged is there, once and in order") {
  int crashes = 0;
  bool failed = true;
  for (int after = 0; failed; ++after) {
    const bool torn = after % 2 == 1;
    INFO("after ", after, " operations", torn ? ", torn" : "");
    test::temporary_directory directory;
    ledger l;
    {
      const auto files = std::make_shared<test::fragile_files>();
      const auto env = rocksdb::NewCompositeEnv(files);
      files->fail_after(after);
      {
        life before(directory.path() / "journal", env.get());
        if (before.open()) before.work(*files, l);
      }
      failed = files->failed();
      files->lose_unsynced(torn);
    }
    if (failed) ++crashes;
    life again(directory.path() / "journal", nullptr);
    INFO(again.why());
    REQUIRE(again.open());
    check(again, l);
  }
  CHECK(crashes > 40);
}

TEST_CASE("a process that opens the directory again goes on: offsets, what groups lack, and times that never go back") {
  test::temporary_directory directory;
  ledger l;
  const auto files = std::make_shared<test::fragile_files>();
  for (int i = 0; i < 3; ++i) {
    life one(directory.path() / "journal", nullptr);
    REQUIRE(one.open());
    if (i == 0) one.work(*files, l);
    check(one, l);
    CHECK(one.all_of("response").size() == std::size_t(responses + pairs));
  }
}

TEST_CASE("while the disk is full, publishes with a deadline are refused and the others wait; nothing is lost") {
  test::temporary_directory directory;
  const auto files = std::make_shared<test::fragile_files>();
  const auto env = rocksdb::NewCompositeEnv(files);
  {
    life one(directory.path() / "journal", env.get());
    REQUIRE(one.open());
    auto at_first = one.publish("response", 0, std::chrono::seconds(20));
    CHECK(at_first.has_value());
    files->refuse(true);
    const auto told = one.publish("response", 2, std::chrono::seconds(20));
    REQUIRE(told.has_error());
    CHECK(told.error().code == base::errc::timed_out);  // it may be in the log
    const auto next = one.publish("response", 4, std::chrono::seconds(20));
    REQUIRE(next.has_error());
    CHECK(next.error().code == base::errc::unavailable);
    std::optional<base::result<bus::published>> patient;
    one.publish("response", 6, std::nullopt, patient);
    one.run_for(base::milliseconds(700));
    CHECK_FALSE(patient);
    files->refuse(false);
    one.run_until([&] { return patient.has_value(); });
    CHECK(patient->has_value());
    CHECK(one.publish("response", 8, std::chrono::seconds(20)).has_value());
  }
  life again(directory.path() / "journal", nullptr);
  REQUIRE(again.open());
  std::vector<int> numbers;
  for (const auto& r : again.all_of("response")) numbers.push_back(number_of(*r));
  CHECK(numbers == std::vector{0, 6, 8});
}

TEST_CASE("over its bound the journal refuses new tasks, and goes on for those that run") {
  test::temporary_directory directory;
  life one(directory.path() / "journal", nullptr, 1);
  REQUIRE(one.open());
  const auto refused = one.publish("request", 0, std::chrono::seconds(20));
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == base::errc::full);
  // What a gateway says of tasks that exist is taken all the same.
  CHECK(one.publish("response", 0, std::chrono::seconds(20)).has_value());
}

TEST_CASE("over its bound, what every group has completed goes, and its room is free again") {
  test::temporary_directory directory;
  const bus::journal_options o{directory.path() / "journal", true, 6 << 20, base::milliseconds(1)};
  life one(o, nullptr, system_clock);
  REQUIRE(one.open());
  // Until the bound is reached, which is below that of the topic.
  std::size_t taken = 0;
  while (one.publish("request", 2 * int(taken), std::chrono::seconds(20), 200'000).has_value()) ++taken;
  CHECK(taken > 5);
  one.complete_all("g", taken);
  one.run_until([&] { return one.publish("request", 0, std::chrono::seconds(20)).has_value(); });
}

TEST_CASE("the groups of an earlier process hold nothing for ever once another goes on for them") {
  test::temporary_directory directory;
  ledger l;
  const auto files = std::make_shared<test::fragile_files>();
  {
    life one(directory.path() / "journal", nullptr);
    REQUIRE(one.open());
    one.work(*files, l);
  }
  for (int i = 0; i < 2; ++i) {
    life again(directory.path() / "journal", nullptr);
    REQUIRE(again.open());
    const auto given = again.await_given({4, 5, 6, 7}, "renamed");
    for (int n = 0; n < requests / 2; ++n) CHECK_FALSE(given.contains(n));
  }
}

TEST_CASE("a directory that is moved away while it is used takes no more records, until it is back") {
  test::temporary_directory directory;
  life one(directory.path() / "journal", nullptr);
  REQUIRE(one.open());
  CHECK(one.publish("response", 0, std::chrono::seconds(20)).has_value());
  std::filesystem::rename(directory.path() / "journal", directory.path() / "moved");
  one.run_until([&] { return one.publish("response", 2, std::chrono::seconds(20)).has_error(); });
  std::filesystem::rename(directory.path() / "moved", directory.path() / "journal");
  one.run_until([&] { return one.publish("response", 4, std::chrono::seconds(20)).has_value(); });
}

TEST_CASE("over its bound and a quarter more, those that run wait, too") {
  test::temporary_directory directory;
  life one(directory.path() / "journal", nullptr, 0);
  REQUIRE(one.open());
  std::optional<base::result<bus::published>> patient;
  one.publish("response", 0, std::nullopt, patient);
  one.run_for(base::milliseconds(100));
  CHECK_FALSE(patient);
}

TEST_CASE("what is older than the topic's retention is removed from the disk, and a reader there is told so") {
  test::temporary_directory directory;
  test::hand_clock clock;
  const bus::journal_options o{directory.path() / "journal", true, 1 << 30, base::milliseconds(1)};
  {
    life one(o, nullptr, clock);
    REQUIRE(one.open());
    for (int n = 0; n < 40; n += 2) CHECK(one.publish("response", n, std::chrono::seconds(20)).has_value());
    CHECK(one.all_of("response").size() == 20);
    clock.advance(retention + base::milliseconds(1));
    CHECK(one.publish("response", 40, std::chrono::seconds(20)).has_value());
    one.run_until([&] { return one.has_lost("response", 0); });
  }
  life again(o, nullptr, clock);
  REQUIRE(again.open());
  // What the memory of the process before still had is gone, too.
  CHECK(again.all_of("response").size() == 1);
}

TEST_CASE("another process is told who has the directory") {
  test::temporary_directory directory;
  life one(directory.path() / "journal", nullptr);
  REQUIRE(one.open());
  life other(directory.path() / "journal", nullptr);
  CHECK(other.why().find("in use by process " + std::to_string(::getpid())) != std::string::npos);
  CHECK(other.why().find("inprocess.directory") != std::string::npos);
}
