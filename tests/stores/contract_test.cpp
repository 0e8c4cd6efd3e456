// What every store promises (include/streamdemo/artifacts/store.hpp).
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "stores/fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::stores;
using namespace boost::asio::experimental::awaitable_operators;

TEST_CASE_FIXTURE(fixture, "a committed input is there whole, with its size and a strong etag") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK(outcome(co_await put_input(*s, the_task, "a.txt", "hello")) == "ok");
    const auto f = co_await s->open(the_task, "a.txt");
    REQUIRE(f.has_value());
    CHECK(f->size == 5);
    CHECK(f->etag.size() > 4);
    CHECK(f->etag.front() == '"');
    CHECK(f->etag.back() == '"');
    CHECK((co_await s->read(*f, 1, 3)).value() == "ell");
    CHECK((co_await s->read(*f, 4, 100)).value() == "o");
    CHECK((co_await s->read(*f, 0, 2)).value() == "he");
    CHECK((co_await s->read(*f, 9, 100)).value() == "");
    const auto again = co_await s->open(the_task, "a.txt");
    CHECK(again->etag == f->etag);
    const auto here = co_await s->local(the_task, "a.txt");
    REQUIRE(here.has_value());
    CHECK(here->size == 5);
    CHECK(here->path.is_absolute());
    CHECK(text_of(here->path) == "hello");
    CHECK((co_await s->open(the_task, "b.txt")).error().code == errc::not_found);
    CHECK((co_await s->local(the_task, "b.txt")).error().code == errc::not_found);
  });
}

TEST_CASE_FIXTURE(fixture, "a file of many pieces is what was written, in memory, in a range and as a local copy") {
  const auto s = make();
  const auto bytes = pattern((11 << 20) + 12345);
  test::run([&]() -> awaitable<void> {
    auto u = co_await s->create(the_task, "large", 1 << 26);
    for (std::size_t at = 0; at < bytes.size(); at += 700'001) {
      CHECK(outcome(co_await (*u)->write(std::string_view(bytes).substr(at, 700'001))) == "ok");
    }
    CHECK((*u)->size() == bytes.size());
    CHECK((co_await get(*s, the_task, "large")) == "error: not found");
    CHECK((co_await s->inputs()).empty());
    CHECK(outcome(co_await (*u)->commit()) == "ok");
    (*u)->keep();
    CHECK((co_await (*u)->commit()).error().code == errc::closed);
    CHECK((co_await get(*s, the_task, "large") == bytes));
    const auto f = co_await s->open(the_task, "large");
    CHECK((co_await s->read(*f, 5'242'870, 100)).value() == bytes.substr(5'242'870, 100));
    const auto here = co_await s->local(the_task, "large");
    CHECK((text_of(here->path) == bytes));
  });
}

TEST_CASE_FIXTURE(fixture, "an empty file is one") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK(outcome(co_await put_input(*s, the_task, "empty", "")) == "ok");
    const auto f = co_await s->open(the_task, "empty");
    CHECK(f->size == 0);
    CHECK((co_await s->read(*f, 0, 10)).value() == "");
    const auto here = co_await s->local(the_task, "empty");
    CHECK(text_of(here->path) == "");
    CHECK((co_await put_output(*s, the_task, "none", "")).value() == 0);
  });
}

TEST_CASE_FIXTURE(fixture, "an abandoned upload leaves nothing, however far it came") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    auto small = co_await s->create(the_task, "a", 1 << 26);
    CHECK(outcome(co_await (*small)->write("half")) == "ok");
    auto large = co_await s->create(the_task, "b", 1 << 26);
    CHECK(outcome(co_await (*large)->write(std::string(11 << 20, 'x'))) == "ok");
    auto refused = co_await s->create(the_task, "c", 1 << 26);
    CHECK(outcome(co_await (*refused)->write("committed, and then nobody wants it")) == "ok");
    CHECK(outcome(co_await (*refused)->commit()) == "ok");
    CHECK((co_await s->inputs()).size() == 1);
    small->reset();
    large->reset();
    refused->reset();
    const auto last = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    auto left = co_await s->inputs();
    while (!left.empty() && std::chrono::steady_clock::now() < last) left = co_await s->inputs();
    CHECK(left.empty());
    CHECK((co_await get(*s, the_task, "c")) == "error: not found");
  });
}

TEST_CASE_FIXTURE(fixture, "of several that commit the same name exactly one wins, and its content stays") {
  if (server_lacks("atomic conditions")) return;
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    for (int round = 0; round < 5; ++round) {
      const auto name = "n" + std::to_string(round);
      auto a = co_await s->create(the_task, name, 100);
      auto b = co_await s->create(the_task, name, 100);
      CHECK(outcome(co_await (*a)->write("from-a")) == "ok");
      CHECK(outcome(co_await (*b)->write("from-b")) == "ok");
      auto [first, second] = co_await ((*a)->commit() && (*b)->commit());
      CHECK(first.has_value() != second.has_value());
      CHECK((first ? second : first).error().code == errc::already_exists);
      const auto content = co_await get(*s, the_task, name);
      CHECK(content == (first ? "from-a" : "from-b"));
      (*a)->keep();
      (*b)->keep();
    }
  });
}

TEST_CASE_FIXTURE(fixture, "names that lead elsewhere are refused everywhere") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    for (std::string bad : {"..", "../secret", "a/b", "", ".x", "/etc/passwd"}) {
      CAPTURE(bad);
      CHECK((co_await s->create(bad, "a", 1)).error().code == errc::invalid_argument);
      CHECK((co_await s->create(id_of("a"), bad, 1)).error().code == errc::invalid_argument);
      CHECK((co_await s->open(the_task, bad)).error().code == errc::not_found);
      CHECK((co_await s->local(bad, "a")).error().code == errc::not_found);
      co_await s->remove_input("..", bad);
      co_await s->remove_outputs(bad);
    }
  });
}

TEST_CASE_FIXTURE(fixture, "an upload over its own limit is refused and cannot be committed") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    auto u = co_await s->create(the_task, "a", 10);
    CHECK(outcome(co_await (*u)->write("0123456789")) == "ok");
    CHECK((co_await (*u)->write("x")).error().code == errc::too_large);
    CHECK((co_await (*u)->commit()).error().code == errc::closed);
  });
}

TEST_CASE_FIXTURE(fixture, "a finished file is adopted from scratch once, and from nowhere else") {
  const auto s = make();
  std::ofstream(root.path() / "outside") << "no";
  test::run([&]() -> awaitable<void> {
    const auto scratch = (co_await s->make_scratch()).value();
    CHECK((co_await s->write_scratch(scratch / "clip", "0123")).has_value());
    CHECK((co_await s->write_scratch(scratch / "clip", "other")).error().code == errc::already_exists);
    CHECK((co_await s->write_scratch(root.path() / "x", "no")).error().code == errc::invalid_argument);
    CHECK((co_await s->adopt(scratch / "clip", the_task, "run-clip")).value() == 4);
    CHECK_FALSE(fs::exists(scratch / "clip"));
    CHECK((co_await get(*s, the_task, "run-clip")) == "0123");

    std::ofstream(scratch / "clip") << "other";
    CHECK((co_await s->adopt(scratch / "clip", the_task, "run-clip")).error().code == errc::already_exists);
    CHECK((co_await get(*s, the_task, "run-clip")) == "0123");
    CHECK((co_await s->adopt(root.path() / "outside", the_task, "x")).error().code == errc::invalid_argument);
    CHECK((co_await s->adopt(scratch / "missing", the_task, "x")).error().code == errc::not_found);
    fs::create_symlink(root.path() / "outside", scratch / "link");
    CHECK((co_await s->adopt(scratch / "link", the_task, "x")).error().code == errc::not_found);
    co_await s->remove_scratch(scratch);
    CHECK_FALSE(fs::exists(scratch));
  });
}

TEST_CASE_FIXTURE(fixture, "a sweep removes outputs that are old enough, and never an input") {
  {
    const auto s = make();
    test::run([&]() -> awaitable<void> {
      CHECK(outcome(co_await put_output(*s, the_task, "a", "x")) == "ok");
      CHECK(outcome(co_await put_input(*s, the_task, "in", "y")) == "ok");
      co_await s->sweep();
      CHECK((co_await get(*s, the_task, "a")) == "x");
    });
  }
  keep_for = -std::chrono::hours(1);
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK((co_await get(*s, the_task, "a")) == "x");
    co_await s->sweep();
    CHECK((co_await get(*s, the_task, "a")) == "error: not found");
    CHECK((co_await get(*s, the_task, "in")) == "y");
  });
}

TEST_CASE_FIXTURE(fixture, "a full store gives up outputs, the oldest first, and refuses what cannot fit at all") {
  max_bytes = 1000;
  max_input_bytes = 700;
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK(outcome(co_await put_output(*s, id_of("a"), "old", std::string(400, 'a'))) == "ok");
    // Their order must not depend on how exactly a store tells the time.
    if (!is_bucket()) {
      fs::last_write_time(root.path() / "store/files" / id_of("a") / "old",
                          fs::file_time_type::clock::now() - std::chrono::seconds(5));
    }
    CHECK(outcome(co_await put_output(*s, id_of("b"), "new", std::string(400, 'b'))) == "ok");
    CHECK(outcome(co_await put_output(*s, id_of("c"), "newest", std::string(400, 'c'))) == "ok");
    CHECK((co_await get(*s, id_of("a"), "old")) == "error: not found");
    CHECK((co_await get(*s, id_of("b"), "new")).size() == 400);
    CHECK((co_await put_output(*s, id_of("d"), "big", std::string(1001, 'd'))).error().code == errc::no_space);
    CHECK((co_await get(*s, id_of("b"), "new")).size() == 400);
    CHECK((co_await put_input(*s, id_of("in"), "big", std::string(701, 'i'))).error().code == errc::no_space);
    CHECK(outcome(co_await put_input(*s, id_of("in"), "good", std::string(700, 'i'))) == "ok");
    CHECK((co_await get(*s, id_of("c"), "newest")) == "error: not found");
    CHECK((co_await put_input(*s, id_of("in"), "one-more", "x")).error().code == errc::no_space);
    co_await s->remove_input(id_of("in"), "good");
    co_await s->remove_input(id_of("in"), "good");
    CHECK((co_await s->inputs()).empty());
    CHECK(outcome(co_await put_input(*s, id_of("in"), "one-more", "x")) == "ok");
  });
}

TEST_CASE_FIXTURE(fixture, "room for a declared size is set aside at once, and free again without a commit") {
  max_bytes = 1000;
  max_input_bytes = 700;
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    auto first = co_await s->create(id_of("a"), "in", 1000, 500);
    REQUIRE(first.has_value());
    CHECK((co_await s->create(id_of("b"), "in", 1000, 300)).error().code == errc::no_space);
    CHECK((co_await put_output(*s, id_of("other"), "clip", std::string(501, 'o'))).error().code == errc::no_space);
    first->reset();
    // The room is given back by a thread of the store, which nobody can wait for.
    const auto last = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    auto second = co_await s->create(id_of("b"), "in", 1000, 600);
    while (!second && std::chrono::steady_clock::now() < last) {
      co_await s->sweep();
      second = co_await s->create(id_of("b"), "in", 1000, 600);
    }
    REQUIRE(second.has_value());
    CHECK(outcome(co_await (*second)->write(std::string(100, 'x'))) == "ok");
    CHECK(outcome(co_await (*second)->commit()) == "ok");
    (*second)->keep();
    second->reset();
    CHECK(outcome(co_await put_input(*s, id_of("c"), "in", std::string(600, 'y'))) == "ok");
  });
}

TEST_CASE_FIXTURE(fixture, "processes that share nothing but the store see the same files") {
  const auto here = make();
  bucket.scratch_directory = root.path() / "another-scratch";
  const auto there = make();
  test::run([&]() -> awaitable<void> {
    CHECK(outcome(co_await put_input(*here, the_task, "in", "input")) == "ok");
    CHECK(outcome(co_await put_output(*here, the_task, "run1-clip", "clip")) == "ok");
    const auto all = co_await there->inputs();
    REQUIRE(all.size() == 1);
    CHECK(all[0].id == the_task);
    CHECK(all[0].name == "in");
    CHECK(all[0].size == 5);
    CHECK(clock.now() - all[0].since < std::chrono::minutes(1));
    const auto copy = co_await there->local(the_task, "in");
    CHECK(text_of(copy->path) == "input");
    const auto one = co_await here->open(the_task, "run1-clip");
    const auto other = co_await there->open(the_task, "run1-clip");
    CHECK(one->etag == other->etag);
    CHECK(one->modified == other->modified);
    // What a process that took over would put a second time stays as it is.
    CHECK((co_await put_output(*there, the_task, "run1-clip", "other")).error().code == errc::already_exists);
    CHECK((co_await get(*here, the_task, "run1-clip")) == "clip");
    co_await there->remove_input(the_task, "in");
    CHECK((co_await here->open(the_task, "in")).error().code == errc::not_found);
    co_await there->remove_outputs(the_task);
    CHECK((co_await here->open(the_task, "run1-clip")).error().code == errc::not_found);
  });
}

TEST_CASE_FIXTURE(fixture, "the outputs of one task are removed, everything else stays") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK(outcome(co_await put_input(*s, the_task, "upload", "input")) == "ok");
    CHECK(outcome(co_await put_output(*s, the_task, "clip-1", "x")) == "ok");
    CHECK(outcome(co_await put_output(*s, the_task, "clip-2", "x")) == "ok");
    CHECK(outcome(co_await put_output(*s, id_of("task2"), "clip-1", "y")) == "ok");
    co_await s->remove_outputs(the_task);
    CHECK((co_await get(*s, the_task, "clip-1")) == "error: not found");
    CHECK((co_await get(*s, the_task, "clip-2")) == "error: not found");
    CHECK((co_await get(*s, the_task, "upload")) == "input");
    CHECK((co_await get(*s, id_of("task2"), "clip-1")) == "y");
    co_await s->remove_outputs("nobody");
  });
}

TEST_CASE_FIXTURE(fixture, "a local copy stays as long as somebody holds it, whatever becomes of the file") {
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK(outcome(co_await put_input(*s, the_task, "in", "input")) == "ok");
    const auto held = (co_await s->local(the_task, "in")).value();
    co_await s->sweep();
    CHECK(text_of(held.path) == "input");
  });
}
