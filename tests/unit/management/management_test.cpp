#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <streamdemo/http/client.hpp>
#include <streamdemo/management/management.hpp>

#include "unit/http/peer.hpp"

using namespace streamdemo;

namespace {

http::client_response ask(std::uint16_t port, http::verb v, std::string target, const std::string& authorization = "") {
  asio::io_context context;
  auto client = http::make_client(context.get_executor(), "127.0.0.1", port);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  std::vector<http::field> fields;
  if (!authorization.empty()) fields.push_back({"Authorization", authorization});
  auto answer = asio::co_spawn(context.get_executor(), client->send(v, std::move(target), fields, "", deadline),
                               asio::use_future);
  context.run();
  auto got = answer.get();
  REQUIRE(got.has_value());
  return *got;
}

}  // namespace

TEST_CASE("the management listener says whether the process lives, is ready, and what it counts") {
  base::logger log("test", base::log_level::off);
  base::metrics numbers;
  numbers.counter("streamdemo_things_total", "Things").Increment();
  base::io_threads threads(1, "test");
  std::atomic<bool> ready{false};
  const auto readiness = [&]() -> std::optional<std::string> {
    if (ready) return std::nullopt;
    return "catching up";
  };
  auto server = management::make_management({.listen = {"127.0.0.1"}, .allowed_hosts = {"gateway.example.org"}},
                                            threads, readiness, numbers, log);
  REQUIRE(server->open().has_value());
  threads.start();
  const auto port = server->port();

  CHECK(ask(port, http::verb::get, "/healthz").status == 200);
  const auto not_yet = ask(port, http::verb::get, "/readyz");
  CHECK(not_yet.status == 503);
  CHECK(not_yet.body == "catching up\n");
  CHECK(ask(port, http::verb::get, "/metrics").body.find("\nstreamdemo_ready 0\n") != std::string::npos);
  ready = true;
  CHECK(ask(port, http::verb::get, "/readyz").status == 200);

  const auto metrics = ask(port, http::verb::get, "/metrics");
  CHECK(metrics.header("Content-Type").substr(0, 25) == "text/plain; version=0.0.4");
  CHECK(metrics.body.find("streamdemo_things_total 1") != std::string::npos);
  CHECK(metrics.body.find("\nstreamdemo_ready 1\n") != std::string::npos);
  CHECK(metrics.body.find("process_resident_memory_bytes ") != std::string::npos);
  CHECK(metrics.body.find("\nprocess_open_fds ") != std::string::npos);
  CHECK(metrics.body.find("\nprocess_max_fds ") != std::string::npos);
  CHECK(metrics.body.find("streamdemo_http_answers_total{server=\"management\",status=\"2xx\"} 3") !=
        std::string::npos);
  CHECK(ask(port, http::verb::head, "/metrics").body.empty());

  CHECK(ask(port, http::verb::get, "/").status == 404);
  const auto post = ask(port, http::verb::post, "/healthz");
  CHECK(post.status == 405);
  CHECK(post.header("Allow") == "GET, HEAD, OPTIONS");

  const auto under = [&](std::string host) {
    http::test::peer p(port);
    return p.ask("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status;
  };
  for (const auto* name : {"localhost:8081", "127.0.0.1", "[::1]:8081", "10.1.2.3:8081", "gateway:8081",
                           "gateway.example.org:8081", "GATEWAY.example.org"}) {
    CHECK_MESSAGE(under(name) == 200, name);
  }
  for (const auto* name : {"evil.example", "127.0.0.1.nip.io:8081", "gateway.example.org.evil.example"}) {
    CHECK_MESSAGE(under(name) == 403, name);
  }
  http::test::peer old(port);
  CHECK(old.ask("GET /healthz HTTP/1.0\r\n\r\n").status == 200);

  const auto now = std::chrono::steady_clock::now();
  asio::co_spawn(threads.executor(0), server->drain(now), asio::use_future).get();
  threads.stop();
  threads.join();
}

TEST_CASE("with a token, probes alone are answered to who does not show it") {
  base::logger log("test", base::log_level::off);
  base::metrics numbers;
  base::io_threads threads(1, "test");
  const std::string token = "0123456789abcdef";
  const auto readiness = []() -> std::optional<std::string> { return std::nullopt; };
  auto server =
      management::make_management({.listen = {"127.0.0.1"}, .token = token}, threads, readiness, numbers, log);
  REQUIRE(server->open().has_value());
  threads.start();
  const auto port = server->port();
  for (const auto* open : {"/healthz", "/readyz"}) CHECK(ask(port, http::verb::get, open).status == 200);
  CHECK(ask(port, http::verb::get, "/metrics", "Bearer " + token).status == 200);
  CHECK(ask(port, http::verb::head, "/metrics", "bearer " + token).status == 200);
  CHECK(ask(port, http::verb::get, "/nothing", "Bearer " + token).status == 404);
  for (const auto& wrong : {std::string(), token, "Basic " + token, std::string("Bearer "), "Bearer " + token + "0",
                            "Bearer " + token.substr(1), std::string("Bearer 0123456789abcdeF")}) {
    CAPTURE(wrong);
    for (const auto* closed : {"/metrics", "/nothing", "/readyz/"}) {
      const auto refused = ask(port, http::verb::get, closed, wrong);
      CHECK(refused.status == 401);
      CHECK(refused.header("WWW-Authenticate") == "Bearer realm=\"streamdemo management\"");
      CHECK(refused.body.find(token) == std::string::npos);
    }
  }
  const auto now = std::chrono::steady_clock::now();
  asio::co_spawn(threads.executor(0), server->drain(now), asio::use_future).get();
  threads.stop();
  threads.join();
}
