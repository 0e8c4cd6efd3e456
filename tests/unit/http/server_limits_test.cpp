// The server with real sockets: limits, deadlines, and how connections end.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <future>

#include "http/listener.hpp"
#include "peer.hpp"
#include "test_server.hpp"

using namespace streamdemo;
using namespace streamdemo::http;
using namespace streamdemo::http::test;

namespace {

using base::milliseconds;

constexpr std::string_view hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view waits = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";

void quick(server_options& o) {
  o.request_timeout = milliseconds{300};
  o.idle_timeout = milliseconds{300};
  o.write_timeout = milliseconds{300};
}

}  // namespace

TEST_CASE("garbage and malformed requests are answered and the connection is closed") {
  test_server s;
  for (const auto& [bytes, status] : std::vector<std::pair<std::string, int>>{
           {"\x16\x03\x01\x02garbage", 400},
           {"GET /hello HTTP/1.1\r\n\r\n", 400},
           {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
           {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
           {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
           {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: more\r\n\r\n", 417},
           {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
           {"GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n", 414},
           {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20000, 'a'), 431}}) {
    peer p(s.port);
    const auto a = p.ask(bytes);
    CHECK_MESSAGE(a.status == status, bytes.substr(0, 40));
    CHECK(a.has("Connection: close"));
    CHECK(p.ends());
  }
  peer fine(s.port);
  CHECK(fine.ask(hello).status == 200);
}

TEST_CASE("a head that drips slower than its deadline is answered 408") {
  test_server s(quick);
  peer p(s.port);
  // One byte at a time for as long as the server takes them: its deadline is for the whole head.
  for (int i = 0; i < 2000; ++i) {
    if (!p.send("G")) break;
    std::this_thread::sleep_for(milliseconds{5});
    if (s.numbers.expose().find("status=\"4xx\"} 1") != std::string::npos) break;
  }
  CHECK(p.read().status == 408);
}

TEST_CASE("a connection that says nothing is closed without a word, a kept one as well") {
  test_server s(quick);
  peer silent(s.port);
  CHECK(silent.ends());
  peer kept(s.port);
  CHECK(kept.ask(hello).status == 200);
  CHECK(kept.ends());
}

TEST_CASE("a body that stops arriving times out") {
  test_server s(quick);
  peer p(s.port);
  CHECK(p.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc").status == 408);
  CHECK(p.ends());
}

TEST_CASE("a body that drips ends with 408, and one that keeps to the slowest rate is taken") {
  test_server s([](server_options& o) {
    o.idle_timeout = milliseconds{600};
    o.min_body_bytes_per_second = 2000;
  });
  const auto send = [&](std::size_t bytes_at_once) {
    peer p(s.port);
    p.send("POST /pieces HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(40 * bytes_at_once) + "\r\n\r\n");
    for (int i = 0; i < 40; ++i) {
      if (!p.send(std::string(bytes_at_once, 'd'))) break;
      std::this_thread::sleep_for(milliseconds{50});
    }
    return p.read();
  };
  CHECK(send(1).status == 408);
  const auto taken = send(1000);
  CHECK(taken.status == 200);
  CHECK(taken.body == "40000");
}

TEST_CASE(
    "all connections together hold no more than there is room for, and those refused are told when to come again") {
  base::metrics numbers;
  base::byte_budget room(100000, 4096, numbers.gauge("used", ""), numbers.counter("refused", ""));
  test_server s([&](server_options& o) { o.buffers = &room; });
  const auto half_a_body = [](std::size_t bytes) {
    return "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + std::string(bytes, 'b');
  };
  const auto is_refused = [](const answer& a) {
    CHECK(a.status == 503);
    CHECK(a.head.find("\r\nRetry-After: ") != std::string::npos);
  };
  {
    peer first(s.port);
    first.send(half_a_body(60000));
    REQUIRE(s.eventually([&] { return room.used() >= 60000; }));
    peer second(s.port);
    second.send(half_a_body(60000));
    is_refused(second.read());
    peer head(s.port);
    head.send("GET /hello HTTP/1.1\r\nHost: a\r\nX: " + std::string(15000, 'h'));
    REQUIRE(s.eventually([&] { return room.used() >= 75000; }));
    peer text(s.port);
    is_refused(text.ask("GET /long HTTP/1.1\r\nHost: a\r\n\r\n"));
    // What fits into a little, or can be given piece by piece, is served all the same.
    CHECK(text.ask(hello).status == 200);
    CHECK(text.ask("GET /file HTTP/1.1\r\nHost: a\r\n\r\n").body.size() == 1000000);
    peer upload(s.port);
    upload.send("POST /pieces HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + std::string(500000, 'u'));
    CHECK(upload.read().body == "500000");
  }
  REQUIRE(s.eventually([&] { return room.used() == 0; }));
  peer later(s.port);
  later.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n" + std::string(40000, 'b'));
  CHECK(later.read().status == 200);
}

TEST_CASE("a client that takes nothing of a body from a source takes no room either") {
  base::metrics numbers;
  base::byte_budget room(1 << 20, 4096, numbers.gauge("used", ""), numbers.counter("refused", ""));
  test_server s([&](server_options& o) { o.buffers = &room; });
  peer p(s.port, 4096);
  p.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
  // Its kernel and ours have what they take.
  REQUIRE(s.eventually(
      [&] { return s.numbers.expose().find("http_sent_bytes_total{server=\"test\"} 0") == std::string::npos; }));
  REQUIRE(s.eventually([&] { return room.used() == 0; }));
  peer other(s.port);
  CHECK(other.ask(hello).status == 200);
  CHECK(room.used() == 0);
  CHECK(p.read().body.size() == 1000000);
}

TEST_CASE("a body over its limit is refused before it is read, and the answer is not lost") {
  test_server s;
  peer p(s.port);
  p.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n" + std::string(30000, 'z'));
  const auto a = p.read();
  CHECK(a.status == 413);
  CHECK(a.has("Connection: close"));
  CHECK(p.ends());
  peer chunked(s.port);
  chunked.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" +
               std::string(0x180000, 'z'));
  CHECK(chunked.read().status == 413);
}

TEST_CASE("an answer survives the input that nobody read") {
  test_server s;
  for (int i = 1; i <= 20; ++i) {
    peer p(s.port);
    p.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
    const auto answered = fmt::format("status=\"4xx\"}} {}\n", i);
    REQUIRE(s.eventually([&] { return s.numbers.expose().find(answered) != std::string::npos; }));
    // A socket that was just closed would answer the first piece with a reset, and the next one could not be sent.
    for (int piece = 0; piece < 5; ++piece) REQUIRE(p.send(std::string(10000, 'z')));
    REQUIRE(p.read().status == 403);
    REQUIRE(p.ends());
  }
}

// As many proxies do: the answer is looked at when all is sent, and a reset meanwhile is all that their client hears
// of.
TEST_CASE("an answer waits for a client that sends its whole body first, and not for one that never ends") {
  test_server s;
  peer p(s.port);
  p.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 40000000\r\n\r\n");
  REQUIRE(s.eventually([&] { return s.numbers.expose().find("status=\"4xx\"} 1\n") != std::string::npos; }));
  const std::string piece(1000000, 'z');
  for (int i = 0; i < 40; ++i) REQUIRE(p.send(piece));
  CHECK(p.read().status == 403);
  CHECK(p.ends());
  peer endless(s.port);
  endless.send("POST /refuse HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const auto begin = std::chrono::steady_clock::now();
  while (endless.send(piece)) {
    REQUIRE(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
  }
  CHECK(s.eventually([&] { return s.server->connections() == 0; }));
}

TEST_CASE("a client that takes nothing is cut after the write timeout") {
  test_server s(quick);
  peer p(s.port, 4096);
  p.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(s.eventually([&] { return s.server->connections() == 1; }));
  CHECK(s.eventually([&] { return s.server->connections() == 0; }));
  // The kernel keeps nothing for it either.
  CHECK(p.is_reset());
}

TEST_CASE("a client that leaves its last answer in the kernel is cut, too, and counted until then") {
  test_server s(quick);
  peer p(s.port, 4096);
  p.send("GET /big?small=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  SUBCASE("") {}
  SUBCASE("also when it has said its last") {
    p.half_close();
  }
  REQUIRE(s.eventually([&] { return s.numbers.expose().find("status=\"2xx\"} 1") != std::string::npos; }));
  CHECK(s.server->connections() == 1);
  CHECK(s.eventually([&] { return s.server->connections() == 0; }));
  CHECK(p.is_reset());
}

TEST_CASE("a client that takes its last answer slowly gets all of it") {
  test_server s(quick);
  peer p(s.port, 4096);
  p.send("GET /big?small=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  std::string all;
  while (p.take(3000, all)) std::this_thread::sleep_for(milliseconds{100});
  CHECK(all.size() > 70000);
  CHECK(p.ends());
}

TEST_CASE("a client that leaves ends the handler that waits for it") {
  test_server s;
  {
    peer p(s.port);
    p.send(waits);
    REQUIRE(s.eventually([&] { return s.waiting == 1; }));
    CHECK(s.canceled == 0);
  }
  CHECK(s.eventually([&] { return s.canceled == 1; }));
  // Also with requests pipelined behind the one that waits.
  {
    peer p(s.port);
    p.send(std::string(waits) + std::string(hello));
    REQUIRE(s.eventually([&] { return s.waiting == 2; }));
  }
  CHECK(s.eventually([&] { return s.canceled == 2 && s.server->connections() == 0; }));
}

TEST_CASE("more connections than allowed are told so") {
  test_server s([](server_options& o) { o.max_connections = 2; });
  {
    peer a(s.port);
    peer b(s.port);
    CHECK(a.ask(hello).status == 200);
    CHECK(b.ask(hello).status == 200);
    peer c(s.port);
    const auto refused = c.ask(hello);
    CHECK(refused.status == 503);
    CHECK(refused.has("Retry-After: "));
    CHECK(c.ends());
    CHECK(a.ask(hello).status == 200);
  }
  CHECK(s.eventually([&] {
    peer d(s.port);
    return d.ask(hello).status == 200;
  }));
}

TEST_CASE("connections keep to the lower descriptors, and those that are refused to a few more") {
  constexpr int bound = 150;
  test_server s([](server_options& o) {
    o.descriptors_below = bound;
    o.refusals_below = bound + 2;
  });
  std::vector<int> hogs;
  const auto take_below = [&](int below) {
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) {
      if (fd >= below) {
        ::close(fd);
        return;
      }
      hogs.push_back(fd);
    }
  };
  {
    take_below(bound - 2);
    peer last(s.port);  // its own end has the number before the server's
    CHECK(last.ask(hello).status == 200);
    for (int i = 0; i < 3; ++i) {
      peer refused(s.port);
      const auto told = refused.read();
      CHECK(told.status == 503);
      CHECK(told.has("Retry-After: "));
      CHECK(told.has("Connection: close"));
      CHECK(refused.ends());
    }
    CHECK(last.ask(hello).status == 200);
    // None left for a refusal that takes its time: all is said at once.
    take_below(bound + 10);
    peer at_once(s.port);
    CHECK(at_once.read().status == 503);
    CHECK(at_once.ends());
  }
  for (const int fd : hogs) ::close(fd);
  peer fine(s.port);
  CHECK(fine.ask(hello).status == 200);
}

TEST_CASE("a server out of descriptors waits for some and goes on") {
  test_server s;
  // The loops have all they need once one request was served.
  peer first(s.port);
  REQUIRE(first.ask(hello).status == 200);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  std::vector<int> hogs;
  rlimit low = before;
  low.rlim_cur = 200;
  ::setrlimit(RLIMIT_NOFILE, &low);
  for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) hogs.push_back(fd);
  // One is left: the client's own end takes it.
  ::close(hogs.back());
  hogs.pop_back();
  peer starved(s.port);
  starved.send(hello);
  CHECK(first.ask(hello).status == 200);
  for (const int fd : hogs) ::close(fd);
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(starved.read().status == 200);
}

TEST_CASE("a drain ends idle connections, finishes answers and refuses new connections") {
  test_server s({}, 2);
  peer idle(s.port);
  CHECK(idle.ask(hello).status == 200);
  peer fresh(s.port);
  peer busy(s.port);
  busy.send(waits);
  REQUIRE(s.eventually([&] { return s.waiting == 1; }));
  s.stop(milliseconds{300});
  CHECK(idle.ends());
  CHECK(fresh.ends());
  CHECK(s.canceled == 1);  // at the deadline
  CHECK(s.server->connections() == 0);
  peer late(s.port);
  CHECK(!late.connected());
}

TEST_CASE("who connected just before a drain is answered, and told that it was the last request") {
  test_server s({}, 2);
  peer idle(s.port);
  CHECK(idle.ask(hello).status == 200);
  peer fresh(s.port);
  REQUIRE(s.eventually([&] { return s.server->connections() == 2; }));
  const auto stopped = std::async(std::launch::async, [&] { s.stop(std::chrono::seconds{20}); });
  CHECK(idle.ends());
  const auto a = fresh.ask(hello);
  CHECK(a.status == 200);
  CHECK(a.has("Connection: close"));
  CHECK(fresh.ends());
}

TEST_CASE("closing and draining twice is fine, and so is a server that never opened") {
  test_server s;
  s.server->close();
  s.server->close();
  s.stop(milliseconds{0});
  s.stop(milliseconds{0});
  server_options o;
  o.name = "never";
  o.listen = {"127.0.0.1"};
  auto never = make_server(o, s.threads, {}, {}, s.numbers, s.log);
  never->close();
}

TEST_CASE("a server may go with its threads stopped, whatever was under way") {
  base::logger log("test", base::log_level::off);
  base::metrics numbers;
  base::io_threads threads(2, "test");
  std::atomic<int> waiting{0};
  {
    server_options o;
    o.name = "abrupt";
    o.listen = {"127.0.0.1"};
    auto wait = [&](request&) -> awaitable<reply> {
      ++waiting;
      base::notifier never(threads.executor(base::current_loop()));
      co_await never.wait();
      co_return response{};
    };
    auto server = make_server(o, threads, wait, test_server::page, numbers, log);
    REQUIRE(server->open().has_value());
    threads.start();
    peer a(server->port());
    peer b(server->port());
    peer c(server->port());
    a.send(waits);
    b.send(waits);
    while (waiting < 2) std::this_thread::yield();
    c.send("half a requ");
    threads.stop();
    threads.join();
  }
}

TEST_CASE("a port in use is an error that names it and says what to change") {
  test_server s;
  server_options o;
  o.name = "gateway";
  o.listen = {"127.0.0.1"};
  o.port = s.port;
  auto second = make_server(o, s.threads, {}, {}, s.numbers, s.log);
  const auto opened = second->open();
  REQUIRE(!opened);
  CHECK(opened.error().code == errc::io);
  CHECK(opened.error().message.find(fmt::format("port {} is in use", s.port)) != std::string::npos);
  CHECK(opened.error().message.find("--set gateway.port=") != std::string::npos);
}

TEST_CASE("several addresses share one port, and what is no address is an error") {
  test_server s([](server_options& o) { o.listen = {"127.0.0.1", "127.0.0.2", "::1"}; });
  peer p(s.port);
  CHECK(p.ask(hello).status == 200);
  server_options o;
  o.name = "test";
  o.listen = {"localhost"};
  auto bad = make_server(o, s.threads, {}, {}, s.numbers, s.log);
  CHECK(bad->open().error().code == errc::invalid_argument);
  o.listen = {"192.0.2.1"};
  auto foreign = make_server(o, s.threads, {}, {}, s.numbers, s.log);
  CHECK(foreign->open().error().message.find("not an address of this machine") != std::string::npos);
}

TEST_CASE("accepted sockets have a capped send buffer and no delay") {
  base::logger log("test", base::log_level::off);
  asio::io_context context;
  server_options o;
  o.name = "test";
  o.listen = {"127.0.0.1"};
  o.send_buffer_bytes = 20000;
  auto listeners = open_listeners(context.get_executor(), o, log);
  REQUIRE(listeners.has_value());
  auto& acceptor = listeners->front().acceptor;
  peer p(acceptor.local_endpoint().port());
  acceptor.native_non_blocking(false);
  auto accepted = acceptor.accept();
  asio::socket_base::send_buffer_size size;
  asio::ip::tcp::no_delay no_delay;
  accepted.get_option(size);
  accepted.get_option(no_delay);
  CHECK(size.value() == 20000);
  CHECK(no_delay.value());
}
