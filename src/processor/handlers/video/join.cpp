#include "processor/handlers/video/join.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "processor/child/capture.hpp"
#include "processor/handlers/text.hpp"

namespace streamdemo::processor {

using base::awaitable;
using base::errc;
using base::error;
using base::result;

namespace {

awaitable<void> feed(child_process& child, const std::string& sound) {
  boost::system::error_code ec;
  co_await asio::async_write(child.input(), asio::buffer(sound), asio::redirect_error(base::use_awaitable, ec));
  child.input().close(ec);
}

}  // namespace

awaitable<result<void>> join_clip(child_options o, std::string sound, std::stop_token stop) {
  using namespace asio::experimental::awaitable_operators;
  o.input = true;
  const auto ex = co_await asio::this_coro::executor;
  auto child = child_process::start(ex, o);
  if (!child) co_return std::move(child).error();
  const std::stop_callback on_stop(stop, [&child] { child->stop(); });
  tail output;
  tail errors;
  std::optional<result<exit_status>> ended;
  auto all = feed(*child, sound) && drain_into(child->output(), output) && drain_into(child->errors(), errors) &&
             wait_into(*child, ended);
  co_await std::move(all);
  if (stop.stop_requested()) co_return error{errc::canceled, "the run was stopped"};
  if (!*ended) co_return std::move(*ended).error();
  const auto status = **ended;
  if (status.code == 0 && status.signal == 0) co_return result<void>{};
  if (errors.text().find("No space left on device") != std::string::npos) {
    co_return error{errc::no_space, "there is no space left for the clips"};
  }
  co_return error{errc::internal, "the pictures and the sound of a clip could not be put together: ffmpeg ended with " +
                                      describe_exit(status.code, status.signal) + ", " + as_utf8(errors.last_line())};
}

}  // namespace streamdemo::processor
