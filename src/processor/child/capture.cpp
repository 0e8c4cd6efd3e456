#include "processor/child/capture.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>

namespace streamdemo::processor {

using base::awaitable;
using base::errc;
using base::error;
using base::result;

namespace {

awaitable<void> read_output(child_process& child, std::string& output, std::size_t max, bool& over) {
  std::array<char, 8192> chunk;
  boost::system::error_code ec;
  for (;;) {
    const auto n =
        co_await child.output().async_read_some(asio::buffer(chunk), asio::redirect_error(base::use_awaitable, ec));
    if (ec) co_return;
    over = output.size() + n > max;
    if (over) {
      child.kill();
      co_return;
    }
    output.append(chunk.data(), n);
  }
}

}  // namespace

awaitable<void> drain_into(child_process::readable& from, tail& t) {
  std::array<char, 4096> chunk;
  boost::system::error_code ec;
  for (;;) {
    const auto n = co_await from.async_read_some(asio::buffer(chunk), asio::redirect_error(base::use_awaitable, ec));
    if (ec) co_return;
    t.add({chunk.data(), n});
  }
}

awaitable<void> wait_into(child_process& child, std::optional<result<exit_status>>& ended) {
  ended = co_await child.wait();
}

awaitable<result<captured>> capture(child_options o, std::size_t max_output, std::stop_token stop) {
  using namespace asio::experimental::awaitable_operators;
  const auto ex = co_await asio::this_coro::executor;
  auto child = child_process::start(ex, o);
  if (!child) co_return std::move(child).error();
  const std::stop_callback on_stop(stop, [&child] { child->stop(); });
  captured got;
  bool over = false;
  std::optional<result<exit_status>> ended;
  auto all = read_output(*child, got.output, max_output, over) && drain_into(child->errors(), got.errors) &&
             wait_into(*child, ended);
  co_await std::move(all);
  if (!*ended) co_return std::move(*ended).error();
  if (over) co_return error{errc::too_large, "the program " + o.command.front() + " printed too much"};
  got.status = **ended;
  co_return std::move(got);
}

}  // namespace streamdemo::processor
