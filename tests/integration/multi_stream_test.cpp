// /api/stream: many tasks on one socket.
#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <map>
#include <set>
#include <streamdemo/base/id.hpp>

#include "integration/app_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

// One socket, and what came on it, sorted.
class shared_socket {
 public:
  shared_socket(base::executor ex, std::uint16_t port) : caller_(ex, port) {}

  base::awaitable<void> open() {
    const auto opened = co_await caller_.raw().open_websocket("/api/stream", {}, in_time());
    if (!opened) throw std::runtime_error("open: " + opened.error().message);
  }
  base::awaitable<void> say(std::string text) {
    const auto sent = co_await caller_.raw().write_message(std::move(text), in_time());
    if (!sent) throw std::runtime_error("say: " + sent.error().message);
  }
  // Reads one frame. False: the socket was closed; closed() says how.
  base::awaitable<bool> read() {
    auto m = co_await caller_.raw().read_message(in_time());
    if (!m) {
      closed_ = m.error().message;
      co_return false;
    }
    const auto v = parse(*m).as_object();
    if (v.contains("seq")) {
      order_.push_back(string_at(v, "request_id"));
      events_[string_at(v, "request_id")].push_back(std::move(*m));
    } else {
      others_.push_back(v);
    }
    co_return true;
  }
  // Reads until a frame without `seq` comes, and gives it.
  base::awaitable<boost::json::object> other() {
    while (others_.size() == given_) {
      const bool more = co_await read();
      if (!more) throw std::runtime_error("closed: " + closed_);
    }
    co_return others_[given_++];
  }
  base::awaitable<void> until_ended(std::string id) {
    while (events_[id].empty() || !events_[id].back().starts_with("{\"type\":\"ended\"")) {
      const bool more = co_await read();
      if (!more) throw std::runtime_error("closed: " + closed_);
    }
  }
  base::awaitable<std::string> until_closed() {
    for (bool more = true; more;) more = co_await read();
    co_return closed_;
  }

  std::vector<std::string>& events(const std::string& id) { return events_[id]; }
  const std::vector<std::string>& order() const { return order_; }
  const std::vector<boost::json::object>& others() const { return others_; }

 private:
  caller caller_;
  std::map<std::string, std::vector<std::string>> events_;
  std::vector<std::string> order_;
  std::vector<boost::json::object> others_;
  std::size_t given_ = 0;
  std::string closed_;
};

void with_socket(const std::function<base::awaitable<void>(shared_socket&, caller&)>& body,
                 const std::function<void(config::settings&)>& change = {}) {
  app_fixture app(change);
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    shared_socket s(ex, app.port());
    caller c(ex, app.port());
    co_await s.open();
    co_await body(s, c);
  });
}

std::string subscribe(const std::string& id, std::int64_t after = 0) {
  return R"({"action":"subscribe","request_id":")" + id + R"(","after":)" + std::to_string(after) + "}";
}

std::string problem_of(const boost::json::object& o) {
  return string_at(o.at("problem"), "type").substr(std::string_view("urn:streamdemo:problem:").size());
}

}  // namespace

TEST_CASE("many tasks share one socket, each with the bytes that every transport has") {
  with_socket([](shared_socket& s, caller& c) -> base::awaitable<void> {
    std::set<std::string> ids;
    for (int i = 0; i < 20; ++i) {
      co_await s.say(R"({"action":"submit","kind":"simulate","ref":)" + std::to_string(i) +
                     R"(,"payload":{"results":5,"interval_ms":3}})");
    }
    std::set<std::int64_t> refs;
    for (int i = 0; i < 20; ++i) {
      const auto a = co_await s.other();
      CHECK(string_at(a, "type") == "answer");
      CHECK(string_at(a, "to") == "submit");
      refs.insert(a.at("ref").as_int64());
      ids.insert(string_at(a, "request_id"));
      CHECK(string_at(a.at("urls"), "self") == "/api/tasks/" + string_at(a, "request_id"));
    }
    CHECK(refs.size() == 20);
    REQUIRE(ids.size() == 20);
    for (const auto& id : ids) {
      co_await s.until_ended(id);
      const auto all = co_await c.all_events(id);
      CHECK(s.events(id) == all);
    }
  });
}

TEST_CASE("a cursor each: one follows from where it was, and unsubscribing gives the cursor to come back with") {
  with_socket([](shared_socket& s, caller& c) -> base::awaitable<void> {
    const auto over = co_await c.submit("simulate", R"({"results":4,"interval_ms":0})");
    const auto all = co_await c.all_events(over);
    co_await s.say(subscribe(over, 3));
    const auto a = co_await s.other();
    CHECK(a.at("after").as_int64() == 3);
    CHECK(a.at("last_seq").as_int64() == std::int64_t(all.size()));
    co_await s.until_ended(over);
    CHECK(s.events(over) == std::vector<std::string>(all.begin() + 3, all.end()));

    const auto id = co_await c.submit("simulate", R"({"results":40,"interval_ms":10})");
    co_await s.say(subscribe(id));
    co_await s.other();
    while (s.events(id).size() < 5) co_await s.read();
    co_await s.say(R"({"action":"unsubscribe","request_id":")" + id + "\"}");
    const auto left = co_await s.other();
    CHECK(string_at(left, "to") == "unsubscribe");
    // What was on its way had come before the answer.
    CHECK(left.at("after").as_int64() == std::int64_t(s.events(id).size()));
    co_await s.say(subscribe(id, left.at("after").as_int64()));
    co_await s.until_ended(id);
    const auto whole = co_await c.all_events(id);
    CHECK(s.events(id) == whole);

    // At the end already: an answer that says so, and no event. The socket goes on.
    co_await s.say(subscribe(id, std::int64_t(whole.size())));
    co_await s.other();
    const auto done = co_await s.other();
    CHECK(string_at(done, "status") == "succeeded");
    CHECK(done.at("last_seq").as_int64() == done.at("after").as_int64());
    co_await s.say(R"({"action":"unsubscribe","request_id":")" + id + "\"}");
    const auto none = co_await s.other();
    CHECK(problem_of(none) == "not-subscribed");
  });
}

TEST_CASE("what is refused names its message, and the socket goes on; what cannot be read ends it") {
  with_socket(
      [](shared_socket& s, caller& c) -> base::awaitable<void> {
        co_await s.say(R"({"action":"submit","kind":"nonsense","ref":"one"})");
        const auto kind = co_await s.other();
        CHECK(string_at(kind, "ref") == "one");
        CHECK(string_at(kind, "to") == "submit");
        CHECK(problem_of(kind) == "unknown-kind");

        const std::string nobody = "00000000-0000-4000-8000-000000000000";
        co_await s.say(subscribe(nobody));
        const auto unknown = co_await s.other();
        CHECK(problem_of(unknown) == "unknown-task");
        CHECK(string_at(unknown, "request_id") == nobody);

        std::vector<std::string> ids;
        for (int i = 0; i < 3; ++i) {
          const auto id = co_await c.submit("simulate", R"({"results":2,"interval_ms":60000})");
          ids.push_back(id);
        }
        co_await s.say(subscribe(ids[0]));
        co_await s.say(subscribe(ids[1]));
        co_await s.say(subscribe(ids[1]));
        co_await s.say(subscribe(ids[2]));
        std::multiset<std::string> answers;
        for (int i = 0; i < 4; ++i) {
          const auto a = co_await s.other();
          answers.insert(string_at(a, "type") == "error" ? problem_of(a) : "answer");
        }
        CHECK(answers ==
              std::multiset<std::string>{"already-subscribed", "answer", "answer", "too-many-subscriptions"});

        co_await s.say(R"({"action":"cancel","request_id":")" + ids[0] + R"(","ref":-1})");
        const auto canceled = co_await s.other();
        CHECK(string_at(canceled, "status") == "canceled");
        CHECK(canceled.at("ref").as_int64() == -1);
        co_await s.until_ended(ids[0]);
        // Its place is free now.
        co_await s.say(subscribe(ids[2]));
        const auto free = co_await s.other();
        CHECK(string_at(free, "type") == "answer");

        co_await s.say("nonsense");
        const auto close = co_await s.until_closed();
        CHECK(close.starts_with("4500"));
        CHECK(problem_of(s.others().back()) == "bad-json");
        for (const auto& id : ids) co_await c.post("/api/tasks/" + id + "/cancel", "");
      },
      [](config::settings& s) { s.gateway.max_subscriptions = 2; });
}

TEST_CASE("the same key submits once, whether it comes again on this socket or by POST") {
  with_socket([](shared_socket& s, caller& c) -> base::awaitable<void> {
    const std::string message =
        R"({"action":"submit","kind":"simulate","payload":{"results":3,"interval_ms":2},"idempotency_key":"multi"})";
    co_await s.say(message);
    co_await s.say(message);
    const auto one = co_await s.other();
    const auto two = co_await s.other();
    const auto id = string_at(one, "request_id");
    CHECK(string_at(two, "request_id") == id);
    co_await s.until_ended(id);
    fields key{{"Idempotency-Key", "multi"}};
    const auto posted = co_await c.post("/api/simulate", R"({"results":3,"interval_ms":2})", key);
    CHECK(string_at(parse(posted.body), "request_id") == id);
    const auto all = co_await c.all_events(id);
    auto got = s.events(id);
    // A second answer that came after the end follows anew: then everything came twice, never a part.
    if (got.size() != all.size()) got.resize(all.size());
    CHECK(got == all);
  });
}

TEST_CASE("a message that waits for its turn is read once, however often its socket has something to write") {
  // As long as an id that nobody knows is waited for; the events of the other task come all the while.
  constexpr base::milliseconds unknown{500};
  app_fixture app([&](config::settings& s) { s.gateway.unknown_task_wait = unknown; });
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    shared_socket s(ex, app.port());
    co_await s.open();
    co_await s.say(R"({"action":"submit","kind":"simulate","payload":{"results":100000,"interval_ms":1},"ref":1})");
    const auto busy = co_await s.other();
    const auto later = base::derived_id("simulate", "later");
    co_await s.say(R"({"action":"subscribe","request_id":")" + later + R"(","ref":2})");
    co_await s.say(
        R"({"action":"submit","kind":"simulate","payload":{"results":1},"idempotency_key":"later","ref":3})");
    const auto refused = co_await s.other();
    CHECK(problem_of(refused) == "unknown-task");
    const auto before = s.events(string_at(busy, "request_id")).size();
    CHECK(before > 50);
    const auto taken = co_await s.other();
    CHECK(string_at(taken, "request_id") == later);
    caller operators(ex, app.management_port());
    const auto metrics = co_await operators.get("/metrics");
    CHECK(metrics.body.find("\nstreamdemo_stream_messages_total 3\n") != std::string::npos);
    caller c(ex, app.port());
    co_await c.post("/api/tasks/" + string_at(busy, "request_id") + "/cancel", "");
  });
}

TEST_CASE("messages that find no room are refused or end their socket with 1013, as requests are with 503") {
  with_socket(
      [](shared_socket& s, caller& c) -> base::awaitable<void> {
        const auto large = R"({"x":")" + std::string(30000, 'x') + "\"}";
        const auto refused = co_await c.post("/api/simulate", large);
        CHECK(refused.status == 503);
        CHECK(!refused.header("Retry-After").empty());
        co_await s.say(R"({"action":"submit","kind":"simulate","payload":{"results":1}})");
        const auto taken = co_await s.other();
        CHECK(string_at(taken, "type") == "answer");
        co_await s.say(R"({"action":"submit","kind":"simulate","payload":)" + large + "}");
        const auto close = co_await s.until_closed();
        CHECK(close.starts_with("1013"));
        // Only a message that is read whole, in whatever pieces it came, can be refused before the socket ends.
        if (s.others().size() > 1) CHECK(problem_of(s.others().back()) == "overloaded");
      },
      [](config::settings& s) { s.gateway.max_buffer_bytes = 20000; });
}

TEST_CASE("a task with a flood of events does not hold up another one") {
  with_socket([](shared_socket& s, caller& c) -> base::awaitable<void> {
    const auto flood = co_await c.submit("simulate", R"({"results":5000,"interval_ms":0})");
    const auto small = co_await c.submit("simulate", R"({"results":50,"interval_ms":0})");
    const auto all = co_await c.all_events(flood);
    const auto few = co_await c.all_events(small);
    co_await s.say(subscribe(flood));
    co_await s.say(subscribe(small));
    co_await s.until_ended(flood);
    CHECK(s.events(flood) == all);
    CHECK(s.events(small) == few);
    // All of the small one came while most of the flood was still to come.
    const auto last = std::find(s.order().rbegin(), s.order().rend(), small);
    CHECK(std::distance(s.order().rbegin(), last) > std::ptrdiff_t(all.size() / 2));
  });
}

TEST_CASE("whoever says much without reading is held back, and gets every answer") {
  with_socket([](shared_socket& s, caller& c) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":1,"interval_ms":60000})");
    constexpr int messages = 8'000;  // some hundred kB each way: far more than may wait here
    const auto ex = co_await asio::this_coro::executor;
    auto talk = [&]() -> base::awaitable<void> {
      for (int i = 0; i < messages; ++i) {
        co_await s.say(R"({"action":"unsubscribe","request_id":")" + id + R"(","ref":)" + std::to_string(i) + "}");
      }
    };
    asio::co_spawn(ex, talk(), asio::detached);
    for (int i = 0; i < messages; ++i) {
      const auto a = co_await s.other();
      REQUIRE(a.at("ref").as_int64() == i);
    }
    co_await c.post("/api/tasks/" + id + "/cancel", "");
  });
}

TEST_CASE("a gateway that drains tells the socket to come again, after the answers it still owes") {
  app_fixture app;
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    shared_socket s(ex, app.port());
    co_await s.open();
    co_await s.say(R"({"action":"submit","kind":"simulate","payload":{"results":2,"interval_ms":60000}})");
    const auto a = co_await s.other();
    CHECK(string_at(a, "type") == "answer");
    std::thread stopper([&] { app.stop(); });
    const auto close = co_await s.until_closed();
    stopper.join();
    CHECK(close.starts_with("1012"));
    CHECK(string_at(s.others().back(), "type") == "reconnect");
  });
}

TEST_CASE("the path is a WebSocket and nothing else") {
  with_socket([](shared_socket&, caller& c) -> base::awaitable<void> {
    const auto plain = co_await c.get("/api/stream");
    CHECK(plain.status == 400);
    const auto posted = co_await c.post("/api/stream", "{}");
    CHECK(posted.status == 405);
    CHECK(posted.header("Allow") == "GET, HEAD, OPTIONS");
  });
}
