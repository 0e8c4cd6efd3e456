// An issuer's address for its keys, on this machine: answers what the test says, and counts how often it is asked.
#pragma once
#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <mutex>
#include <streamdemo/http/server.hpp>

namespace streamdemo::test {

class key_server {
 public:
  key_server() : threads_(1, "issuer"), log_("test", base::log_level::off) {
    http::server_options o;
    o.name = "issuer";
    o.listen = {"127.0.0.1"};
    server_ = http::make_server(o, threads_, [this](http::request&) { return answer(); }, page, metrics_, log_);
    REQUIRE(server_->open().has_value());
    threads_.start();
  }
  ~key_server() {
    server_->close();
    asio::co_spawn(threads_.executor(0), server_->drain(std::chrono::steady_clock::now()), asio::use_future).get();
    threads_.stop();
    threads_.join();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/keys"; }
  void answer_with(std::string body, int status = 200, std::string location = {}) {
    const std::lock_guard lock(mutex_);
    body_ = std::move(body);
    status_ = status;
    location_ = std::move(location);
  }
  std::size_t asked() const { return asked_; }

 private:
  static http::response page(int status, std::string_view) {
    http::response r;
    r.status = status;
    return r;
  }
  base::awaitable<http::reply> answer() {
    ++asked_;
    http::response r;
    const std::lock_guard lock(mutex_);
    r.status = status_;
    r.body = body_;
    if (!location_.empty()) r.set("Location", location_);
    co_return http::reply(std::move(r));
  }

  base::io_threads threads_;
  base::metrics metrics_;
  base::logger log_;
  std::unique_ptr<http::server> server_;
  std::mutex mutex_;
  std::string body_, location_;  // under mutex_
  int status_ = 200;             // under mutex_
  std::atomic<std::size_t> asked_ = 0;
};

}  // namespace streamdemo::test
