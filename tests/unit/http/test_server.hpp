// A server on 127.0.0.1 with endpoints that show what a server can do. Drained and joined by its destructor.
#pragma once
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/http/router.hpp>
#include <streamdemo/http/server.hpp>

namespace streamdemo::http::test {

// Sends "one", "two" and ends; over WebSocket it echoes afterwards what comes in, until "end".
class short_source final : public stream_source {
 public:
  explicit short_source(bool websocket) : websocket_(websocket) {}
  void attach(stream_sink& sink) override { sink_ = &sink; }
  stream_state pull(std::vector<piece>& out, std::size_t) override {
    for (auto& t : next_) {
      auto kept = std::make_shared<const std::string>(std::move(t));
      out.push_back({kept, *kept});
    }
    next_.clear();
    return ended_ || !websocket_ ? stream_state::end : stream_state::wait;
  }
  stream_end finish() override { return {}; }
  std::string_view heartbeat() const override { return ":\n"; }
  void on_text(std::string_view message) override {
    if (message == "end") {
      ended_ = true;
    } else {
      next_.emplace_back(message);
    }
    sink_->wake();
  }
  void drain() override {
    ended_ = true;
    sink_->wake();
  }

 private:
  const bool websocket_;
  stream_sink* sink_ = nullptr;
  std::vector<std::string> next_{"one", "two"};
  bool ended_ = false;
};

class letters final : public body_source {
 public:
  letters(std::uint64_t size, std::uint64_t given) : size_(size), given_(given) {}
  std::uint64_t size() const override { return size_; }
  awaitable<result<std::string>> next(std::size_t max) override {
    const auto n = std::min<std::uint64_t>(max, given_);
    if (n == 0) co_return error{errc::io, "the letters ran out"};
    std::string piece;
    while (piece.size() < n) piece += at(place_++);
    given_ -= n;
    co_return piece;
  }
  void back(std::size_t bytes) override {
    place_ -= bytes;
    given_ += bytes;
  }
  // Every place has a letter of its own, so that one that comes twice or not at all is seen.
  static char at(std::uint64_t place) { return static_cast<char>('a' + place * 7 / 3 % 26); }

 private:
  const std::uint64_t size_;
  std::uint64_t given_;
  std::uint64_t place_ = 0;
};

class test_server {
 public:
  explicit test_server(std::function<void(server_options&)> change = {}, std::size_t loops = 1)
      : threads(loops, "test"),
        table({{verb::get, "/hello", bind(&test_server::hello)},
               {verb::post, "/echo", bind(&test_server::echo)},
               {verb::post, "/refuse", bind(&test_server::refuse)},
               {verb::get, "/big", bind(&test_server::big)},
               {verb::get, "/long", bind(&test_server::long_text)},
               {verb::post, "/pieces", bind(&test_server::pieces)},
               {verb::get, "/file", bind(&test_server::file)},
               {verb::get, "/short-file", bind(&test_server::short_file)},
               {verb::get, "/nothing", bind(&test_server::nothing)},
               {verb::get, "/throw", bind(&test_server::throws)},
               {verb::get, "/wait", bind(&test_server::waits)},
               {verb::get, "/loop", bind(&test_server::loop)},
               {verb::get, "/peer", bind(&test_server::peer_name)},
               {verb::get, "/inject", bind(&test_server::inject)},
               {verb::get, "/stream", bind(&test_server::stream)},
               {verb::get, "/ws", bind(&test_server::ws)}}),
        opened(threads.executor(0)) {
    server_options o;
    o.name = "test";
    o.listen = {"127.0.0.1"};
    if (change) change(o);
    server = make_server(o, threads, [this](request& r) { return route(r); }, page, numbers, log);
    const auto ok = server->open();
    REQUIRE_MESSAGE(ok.has_value(), (ok ? "" : ok.error().message));
    port = server->port();
    threads.start();
  }

  ~test_server() {
    stop(std::chrono::seconds{0});
    threads.stop();
    threads.join();
  }

  void stop(std::chrono::steady_clock::duration patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    auto done = asio::co_spawn(threads.executor(0), server->drain(deadline), asio::use_future);
    REQUIRE(done.wait_for(std::chrono::seconds{20}) == std::future_status::ready);
    done.get();
  }

  template <class F>
  bool eventually(F condition) {
    for (int i = 0; i < 1000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
  }

  static response page(int status, std::string_view detail) {
    response r;
    r.status = status;
    r.set("Content-Type", "text/plain");
    r.body = std::string(detail);
    return r;
  }

  base::logger log{"test", base::log_level::off};
  base::metrics numbers;
  base::io_threads threads;
  router table;
  base::notifier opened;
  std::unique_ptr<http::server> server;
  std::uint16_t port = 0;
  std::atomic<int> waiting{0};
  std::atomic<int> canceled{0};
  std::shared_ptr<body_reader> kept;
  std::atomic<std::size_t> echoed_capacity{0};

 private:
  using member = awaitable<reply> (test_server::*)(request&);
  endpoint bind(member m) {
    return [this, m](request& r) { return (this->*m)(r); };
  }

  awaitable<reply> route(request& r) {
    const auto m = table.find(r);
    if (m.found != nullptr) co_return co_await m.found->run(r);
    auto none = page(m.allow.empty() ? 404 : 405, "no");
    if (!m.allow.empty()) none.set("Allow", m.allow);
    co_return none;
  }
  awaitable<reply> hello(request&) {
    response r;
    r.body = std::string("hello");
    co_return r;
  }
  awaitable<reply> echo(request& in) {
    auto body = co_await in.body->read_all(1 << 20);
    if (!body) {
      const auto code = body.error().code;
      auto refusal = page(code == errc::timed_out ? 408 : code == errc::full ? 503 : 413, body.error().message);
      if (code == errc::full) refusal.set("Retry-After", "2");
      co_return refusal;
    }
    echoed_capacity = body->capacity();
    response r;
    r.body = std::move(*body);
    co_return r;
  }
  awaitable<reply> refuse(request& in) {
    kept = in.query_value("keep") ? in.body : nullptr;
    co_return page(403, "no");
  }
  awaitable<reply> big(request& in) {
    response r;
    r.body = std::make_shared<const std::string>(in.query_value("small") ? 70000 : 4000000, 'y');
    co_return r;
  }
  awaitable<reply> long_text(request&) {
    response r;
    r.body = std::string(100000, 'z');
    co_return r;
  }
  awaitable<reply> pieces(request& in) {
    std::size_t bytes = 0;
    for (;;) {
      const auto piece = co_await in.body->next();
      if (!piece) co_return page(piece.error().code == errc::timed_out ? 408 : 400, piece.error().message);
      if (piece->empty()) break;
      bytes += piece->size();
    }
    response r;
    r.body = std::to_string(bytes);
    co_return r;
  }
  awaitable<reply> file(request&) {
    response r;
    r.body = std::make_unique<letters>(1000000, 2000000);
    co_return r;
  }
  awaitable<reply> short_file(request&) {
    response r;
    r.body = std::make_unique<letters>(1000000, 1000);
    co_return r;
  }
  awaitable<reply> nothing(request&) {
    response r;
    r.status = 204;
    co_return r;
  }
  awaitable<reply> throws(request&) {
    throw std::runtime_error("on purpose");
    co_return response{};
  }
  awaitable<reply> waits(request&) {
    ++waiting;
    base::notifier never(threads.executor(base::current_loop()));
    bool stopped = false;
    try {
      co_await never.wait();
    } catch (const boost::system::system_error&) {
      stopped = true;
    }
    if (stopped) ++canceled;
    co_return page(stopped ? 503 : 200, "");
  }
  awaitable<reply> loop(request&) {
    response r;
    r.body = std::to_string(base::current_loop());
    co_return r;
  }
  awaitable<reply> peer_name(request& in) {
    response r;
    r.body = in.peer;
    co_return r;
  }
  awaitable<reply> inject(request& in) {
    response r;
    r.set("X-Echo", std::string(in.query_value("v").value_or("")));
    co_return r;
  }
  awaitable<reply> stream(request&) {
    stream_reply r;
    r.fields.push_back({"Content-Type", "text/event-stream"});
    r.source = std::make_unique<short_source>(false);
    co_return r;
  }
  awaitable<reply> ws(request& in) {
    if (!in.websocket) co_return page(426, "a WebSocket");
    websocket_reply r;
    r.subprotocol = "test.v1";
    r.source = std::make_unique<short_source>(true);
    co_return r;
  }
};

}  // namespace streamdemo::http::test
