#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fstream>
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/id.hpp>

#include "support/run.hpp"
#include "support/stored_files.hpp"
#include "support/temporary_directory.hpp"

using namespace streamdemo;
using namespace boost::asio::experimental::awaitable_operators;
using base::awaitable;
using base::errc;
using test::get;
using test::put_input;
using test::put_output;
namespace fs = std::filesystem;

namespace {

class manual_clock final : public base::clock {
 public:
  base::sys_time now() const override { return base::system_clock().now() + ahead; }
  std::chrono::seconds ahead{0};
};

struct fixture {
  test::temporary_directory root;
  manual_clock clock;
  base::metrics metrics;
  base::logger log{"test", base::log_level::off};
  fs::path directory = root.path() / "store";

  std::unique_ptr<artifacts::store> make(std::uint64_t max_bytes = 1 << 20, std::uint64_t max_input_bytes = 1 << 30) {
    // One thread: what is handed to the pool is done in that order.
    artifacts::options o{directory, std::chrono::minutes(10), max_bytes, 1, max_input_bytes};
    auto made = artifacts::make_directory_store(o, clock, metrics, log);
    REQUIRE(made.has_value());
    return std::move(*made);
  }

  std::size_t files_below(const char* part) const {
    std::size_t n = 0;
    for (const auto& e : fs::recursive_directory_iterator(directory / part)) n += e.is_regular_file() ? 1 : 0;
    return n;
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a committed file is there whole, with its size and a strong etag") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK((co_await put_input(*s, "task", "a.txt", "hello")).has_value());
    auto f = co_await s->open("task", "a.txt");
    CHECK(f.has_value());
    CHECK(f->size == 5);
    CHECK(f->etag.size() > 4);
    CHECK(f->etag.front() == '"');
    CHECK((co_await s->read(*f, 1, 3)).value() == "ell");
    CHECK((co_await s->read(*f, 4, 100)).value() == "o");
    CHECK((co_await s->read(*f, 9, 100)).value() == "");
    const auto where = co_await s->local("task", "a.txt");
    CHECK(fs::file_size(where.value().path) == 5);
    CHECK(where.value().size == 5);
  });
}

TEST_CASE_FIXTURE(fixture, "nothing is visible before the commit, and an abandoned upload leaves nothing") {
  {
    const auto s = make();
    test::run([&]() -> awaitable<void> {
      auto u = co_await s->create("task", "a.txt", 100);
      CHECK((co_await (*u)->write("half")).has_value());
      CHECK((*u)->size() == 4);
      CHECK((co_await get(*s, "task", "a.txt")) == "error: not found");
      CHECK(files_below("inputs") == 0);
      CHECK(files_below("tmp") == 1);
      u->reset();
    });
  }
  CHECK(files_below("tmp") == 0);
  CHECK(files_below("inputs") == 0);
}

TEST_CASE_FIXTURE(fixture, "names that leave the directory are refused everywhere") {
  const auto s = make();
  std::ofstream(root.path() / "secret") << "secret";
  test::run([&]() -> awaitable<void> {
    for (std::string bad : {"..", "../secret", "a/b", "", ".x", "/etc/passwd"}) {
      CAPTURE(bad);
      CHECK((co_await s->create(bad, "a", 1)).error().code == errc::invalid_argument);
      CHECK((co_await s->create("a", bad, 1)).error().code == errc::invalid_argument);
      CHECK((co_await s->open("task", bad)).error().code == errc::not_found);
      CHECK((co_await s->open(bad, "a")).error().code == errc::not_found);
      CHECK((co_await s->local(bad, "a")).error().code == errc::not_found);
      co_await s->remove_input("..", bad);
    }
    fs::create_directories(directory / "files" / "task");
    fs::create_symlink(root.path() / "secret", directory / "files" / "task" / "link");
    CHECK((co_await s->open("task", "link")).error().code == errc::not_found);
    CHECK((co_await s->open("files", "task")).error().code == errc::not_found);
    CHECK(fs::exists(root.path() / "secret"));
  });
}

TEST_CASE_FIXTURE(fixture, "a full store gives up its oldest outputs, and refuses what cannot fit at all") {
  const auto s = make(1000);
  test::run([&]() -> awaitable<void> {
    CHECK((co_await put_output(*s, "old", "a", std::string(400, 'a'))).has_value());
    // The order of two files made within one tick of the file system's clock would be chance.
    fs::last_write_time(directory / "files/old/a", fs::file_time_type::clock::now() - std::chrono::seconds(5));
    CHECK((co_await put_output(*s, "new", "b", std::string(400, 'b'))).has_value());
    CHECK((co_await put_output(*s, "newest", "c", std::string(400, 'c'))).has_value());
    CHECK((co_await get(*s, "old", "a")) == "error: not found");
    CHECK((co_await get(*s, "new", "b")).size() == 400);
    CHECK((co_await put_output(*s, "big", "d", std::string(1001, 'd'))).error().code == errc::no_space);
    CHECK((co_await get(*s, "new", "b")).size() == 400);
    CHECK((co_await get(*s, "newest", "c")).size() == 400);
  });
}

TEST_CASE_FIXTURE(fixture, "an input stays, whatever comes and however old it is, until it is removed by name") {
  const auto s = make(1000, 700);
  test::run([&]() -> awaitable<void> {
    CHECK((co_await put_input(*s, "task", "in", std::string(400, 'i'))).has_value());
    CHECK((co_await put_output(*s, "other", "clip", std::string(500, 'o'))).has_value());
    // The output goes for the second input, the first input for nobody.
    CHECK((co_await put_input(*s, "task", "more", std::string(300, 'm'))).has_value());
    CHECK((co_await get(*s, "other", "clip")) == "error: not found");
    CHECK((co_await put_input(*s, "late", "in", "x")).error().code == errc::no_space);
    CHECK((co_await put_output(*s, "other", "clip", std::string(301, 'o'))).error().code == errc::no_space);
    CHECK((co_await put_output(*s, "other", "clip", std::string(300, 'o'))).has_value());
    clock.ahead = std::chrono::hours(1);
    co_await s->sweep();
    CHECK((co_await get(*s, "task", "in")).size() == 400);
    CHECK((co_await get(*s, "task", "more")).size() == 300);

    const auto all = co_await s->inputs();
    CHECK(all.size() == 2);
    co_await s->remove_input("task", "in");
    co_await s->remove_input("task", "in");
    CHECK((co_await get(*s, "task", "in")) == "error: not found");
    CHECK((co_await get(*s, "task", "more")).size() == 300);
    CHECK((co_await put_input(*s, "late", "in", std::string(400, 'l'))).has_value());
  });
}

TEST_CASE_FIXTURE(fixture, "an input's time is when it was committed, not when its last byte came") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    auto u = co_await s->create("task", "in", 100);
    CHECK((co_await (*u)->write("all of it")).has_value());
    for (const auto& e : fs::directory_iterator(directory / "tmp")) {
      fs::last_write_time(e.path(), fs::file_time_type::clock::now() - std::chrono::hours(1));
    }
    CHECK((co_await (*u)->commit()).has_value());
    const auto all = co_await s->inputs();
    REQUIRE(all.size() == 1);
    CHECK(all[0].id == "task");
    CHECK(all[0].name == "in");
    CHECK(clock.now() - all[0].since < std::chrono::minutes(1));
  });
}

TEST_CASE_FIXTURE(fixture, "room for a declared size is set aside at once, and free again without a commit") {
  const auto s = make(1000, 700);
  test::run([&]() -> awaitable<void> {
    auto first = co_await s->create("a", "in", 1000, 500);
    REQUIRE(first.has_value());
    CHECK((co_await s->create("b", "in", 1000, 300)).error().code == errc::no_space);
    CHECK((co_await put_output(*s, "other", "clip", std::string(501, 'o'))).error().code == errc::no_space);
    first->reset();
    // The room is given back on the pool, before what comes behind it.
    auto second = co_await s->create("b", "in", 1000, 600);
    REQUIRE(second.has_value());
    CHECK((co_await (*second)->write(std::string(100, 'x'))).has_value());
    CHECK((co_await (*second)->commit()).has_value());
    (*second)->keep();
    second->reset();
    CHECK((co_await put_input(*s, "c", "in", std::string(600, 'y'))).has_value());
  });
}

TEST_CASE_FIXTURE(fixture, "stores that share a directory keep one limit of inputs together") {
  const auto here = make(1000, 700);
  const auto there = make(1000, 700);
  test::run([&]() -> awaitable<void> {
    CHECK((co_await put_input(*here, "a", "in", std::string(400, 'a'))).has_value());
    CHECK((co_await there->create("b", "in", 1000, 400)).error().code == errc::no_space);
    // Begun in both before either is there: the commit tells.
    auto one = co_await here->create("b", "in", 1000, 200);
    auto two = co_await there->create("c", "in", 1000, 200);
    CHECK((co_await (*one)->write(std::string(200, '1'))).has_value());
    CHECK((co_await (*two)->write(std::string(200, '2'))).has_value());
    auto [first, second] = co_await ((*one)->commit() && (*two)->commit());
    CHECK(first.has_value() != second.has_value());
    CHECK((first ? second : first).error().code == errc::no_space);
    CHECK((co_await here->inputs()).size() == 2);
    // Each gives back on its own pool what it had set aside.
    (first ? *one : *two)->keep();
    one->reset();
    two->reset();
    // What one removes makes room for the other.
    co_await there->remove_input("a", "in");
    CHECK((co_await put_input(*here, "d", "in", std::string(500, 'd'))).has_value());
  });
}

TEST_CASE_FIXTURE(fixture, "a sweep removes outputs that are old, and left-overs that nobody writes any more") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK((co_await put_output(*s, "task", "a", "x")).has_value());
    std::ofstream(directory / "tmp" / "dead") << "left by a process that was killed";
    fs::create_directories(directory / "tmp" / "dead-directory" / "deep");
    auto living = co_await s->create("task", "b", 100);
    const auto scratch = (co_await s->make_scratch()).value();
    std::ofstream(scratch / "clip") << "being written";

    co_await s->sweep();
    CHECK((co_await get(*s, "task", "a")) == "x");
    CHECK_FALSE(fs::exists(directory / "tmp" / "dead"));
    CHECK_FALSE(fs::exists(directory / "tmp" / "dead-directory"));

    clock.ahead = std::chrono::hours(1);
    co_await s->sweep();
    CHECK((co_await get(*s, "task", "a")) == "error: not found");
    CHECK_FALSE(fs::exists(directory / "files" / "task"));
    CHECK(fs::exists(scratch / "clip"));
    CHECK((co_await (*living)->write("still there")).has_value());
    CHECK((co_await (*living)->commit()).has_value());
    co_await s->remove_scratch(scratch);
    CHECK_FALSE(fs::exists(scratch));
    CHECK((co_await get(*s, "task", "b")) == "still there");
  });
}

TEST_CASE_FIXTURE(fixture, "at its start a store removes what the dead left half-written, and nothing else") {
  {
    const auto s = make(1000);
    test::run(
        [&]() -> awaitable<void> { CHECK((co_await put_output(*s, "task", "a", std::string(900, 'a'))).has_value()); });
  }
  std::ofstream(directory / "tmp" / "dead") << "left by a process that was killed";
  clock.ahead = std::chrono::hours(1);
  const auto s = make(500);
  CHECK_FALSE(fs::exists(directory / "tmp" / "dead"));
  CHECK(fs::exists(directory / "files/task/a"));
}

TEST_CASE_FIXTURE(fixture, "a file is made in scratch once, and nowhere else") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    const auto scratch = (co_await s->make_scratch()).value();
    const auto made = co_await s->write_scratch(scratch / "sound", "0123");
    CHECK(made.has_value());
    const auto again = co_await s->write_scratch(scratch / "sound", "other");
    CHECK(again.error().code == errc::already_exists);
    CHECK((co_await s->adopt(scratch / "sound", "task", "run-sound")).value() == 4);
    CHECK((co_await get(*s, "task", "run-sound")) == "0123");
    const auto outside = co_await s->write_scratch(root.path() / "outside", "no");
    CHECK(outside.error().code == errc::invalid_argument);
    CHECK_FALSE(fs::exists(root.path() / "outside"));
    co_await s->remove_scratch(scratch);
  });
}

TEST_CASE_FIXTURE(fixture, "files that are published while a sweep counts stay in the account: the limit holds") {
  // Enough of them that a sweep takes its time.
  constexpr std::uint64_t old_files = 3000, size = 1000, most = old_files + 40 * size;
  for (int round = 0; round < 5; ++round) {
    fs::create_directories(directory / "files" / "old");
    for (std::uint64_t i = 0; i < old_files; ++i) {
      std::ofstream(directory / "files" / "old" / std::to_string(i)) << 'x';
    }
    artifacts::options o{directory, std::chrono::minutes(10), most, 4, 1 << 30};
    const auto s = artifacts::make_directory_store(o, clock, metrics, log).value();
    const auto publish = [&](std::string id, int files) -> awaitable<void> {
      for (int i = 0; i < files; ++i) {
        CHECK((co_await put_output(*s, id, "f" + std::to_string(i), std::string(size, 'x'))).has_value());
      }
    };
    test::run([&]() -> awaitable<void> {
      co_await (publish("a", 15) && publish("b", 15) && s->sweep());
      // One more than there is room for: something has to go.
      co_await publish("c", 11);
    });
    std::uint64_t bytes = 0;
    for (const auto& e : fs::recursive_directory_iterator(directory / "files")) {
      if (e.is_regular_file()) bytes += e.file_size();
    }
    REQUIRE(bytes <= most);
    for (const auto* id : {"a", "b", "c", "old"}) fs::remove_all(directory / "files" / id);
  }
}

TEST_CASE_FIXTURE(fixture, "a file whose directory cannot be synced is not visible, and its room is free again") {
  const auto s = make(2000);
  test::run([&]() -> awaitable<void> {
    const auto scratch = co_await s->make_scratch();
    std::ofstream(*scratch / "f") << std::string(1500, 'x');
    CHECK((co_await put_output(*s, "task", "first", "1")).has_value());
    // Opening the directory fails, linking a name into it does not.
    const int lowest_free = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    auto tight = before;
    tight.rlim_cur = static_cast<rlim_t>(lowest_free) + 1;
    ::close(lowest_free);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    const auto adopted = co_await s->adopt(*scratch / "f", "task", "f");
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    REQUIRE(adopted.has_error());
    CHECK(adopted.error().code == errc::full);
    CHECK_FALSE(fs::exists(directory / "files" / "task" / "f"));
    CHECK((co_await s->adopt(*scratch / "f", "task", "f")).has_value());
    co_await s->remove_scratch(*scratch);
  });
}

TEST_CASE_FIXTURE(fixture, "a full disk is told as such, and the room is free again afterwards") {
  fs::create_directories(directory);
  if (::mount("none", directory.c_str(), "tmpfs", 0, "size=256k") != 0) {
    MESSAGE("not run: mounting a small file system needs root");
    return;
  }
  {
    const auto s = make(1 << 30);
    test::run([&]() -> awaitable<void> {
      CHECK((co_await put_input(*s, "task", "big", std::string(400 << 10, 'x'))).error().code == errc::no_space);
      CHECK((co_await get(*s, "task", "big")) == "error: not found");
      // The removal of the refused one runs on the pool: two threads, so two operations behind it are after it.
      co_await s->sweep();
      co_await s->sweep();
      CHECK((co_await put_input(*s, "task", "small", std::string(100 << 10, 'x'))).has_value());
    });
  }
  CHECK(::umount2(directory.c_str(), MNT_DETACH) == 0);
}

TEST_CASE_FIXTURE(fixture, "a directory that cannot be made is an error that names it") {
  std::ofstream(root.path() / "store") << "a file is in the way";
  artifacts::options o{directory, std::chrono::minutes(10), 1000, 1};
  const auto made = artifacts::make_directory_store(o, clock, metrics, log);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().message.find(directory.string()) != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "clients' files keep to the lower descriptors; the files of runs do not") {
  fs::create_directories(directory);
  artifacts::options o{directory, std::chrono::minutes(10), 1 << 20, 1};
  o.descriptors_below = 0;
  const auto s = artifacts::make_directory_store(o, clock, metrics, log).value();
  test::run([&]() -> awaitable<void> {
    const auto made = co_await s->create("task", "in", 100);
    REQUIRE(made.has_error());
    CHECK(made.error().code == errc::full);
    CHECK(files_below("tmp") == 0);
    CHECK((co_await put_output(*s, "task", "out", "hello")).has_value());
    CHECK((co_await s->local("task", "out")).has_value());
    const auto opened = co_await s->open("task", "out");
    REQUIRE(opened.has_error());
    CHECK(opened.error().code == errc::full);
  });
}

TEST_CASE_FIXTURE(fixture, "a committed input that nobody keeps is removed") {
  const auto s = make(1000, 700);
  test::run([&]() -> awaitable<void> {
    {
      auto refused = co_await s->create("task", "refused", 1000, 600);
      CHECK((co_await (*refused)->write(std::string(600, 'r'))).has_value());
      CHECK((co_await (*refused)->commit()).has_value());
      CHECK((co_await s->inputs()).size() == 1);
    }
    // On the pool, before what comes behind it.
    CHECK((co_await s->inputs()).empty());
    CHECK(fs::is_empty(directory / "inputs"));
    CHECK((co_await put_input(*s, "task", "kept", std::string(700, 'k'))).has_value());
    CHECK((co_await s->inputs()).size() == 1);
  });
}

TEST_CASE_FIXTURE(fixture, "the outputs of one task are removed and leave the account, everything else stays") {
  const auto s = make(1000);
  test::run([&]() -> awaitable<void> {
    CHECK((co_await put_input(*s, "task", "upload", "input")).has_value());
    CHECK((co_await put_output(*s, "task", "clip-1", std::string(400, 'x'))).has_value());
    CHECK((co_await put_output(*s, "task", "clip-2", std::string(400, 'x'))).has_value());
    CHECK((co_await put_output(*s, "other", "clip-1", "y")).has_value());
    co_await s->remove_outputs("task");
    CHECK((co_await get(*s, "task", "clip-1")) == "error: not found");
    CHECK((co_await get(*s, "task", "upload")) == "input");
    CHECK((co_await get(*s, "other", "clip-1")) == "y");
    CHECK(files_below("files") == 1);
    CHECK(metrics.expose().find("streamdemo_artifacts_bytes 1\n") != std::string::npos);
    co_await s->remove_outputs("task");
    co_await s->remove_outputs("nobody");
    co_await s->remove_outputs("..");
    CHECK(files_below("files") == 1);
    // There is room again, without anything of others being pushed out.
    CHECK((co_await put_output(*s, "third", "clip-1", std::string(900, 'x'))).has_value());
    CHECK((co_await get(*s, "other", "clip-1")) == "y");
  });
}
