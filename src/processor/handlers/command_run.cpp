#include "processor/handlers/command_run.hpp"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <streamdemo/base/json.hpp>

#include "processor/handlers/text.hpp"

namespace streamdemo::processor {

namespace {

constexpr std::size_t chunk_bytes = 65536;
constexpr std::size_t max_log_line = 8192;

}  // namespace

awaitable<base::result<outcome>> command_run::go() {
  using namespace asio::experimental::awaitable_operators;
  auto all = feed() && read_results() && read_log() && await_end();
  co_await std::move(all);
  co_return verdict();
}

awaitable<void> command_run::feed() {
  boost::system::error_code ec;
  // Ignore the error: a command need not read its input to the end. Its exit code decides.
  co_await asio::async_write(child_.input(), asio::buffer(job_.payload), asio::redirect_error(base::use_awaitable, ec));
  child_.input().close();
}

awaitable<void> command_run::read_results() {
  line_splitter lines(task_.max_line_bytes, line_splitter::overlong::refuse);
  std::vector<char> chunk(chunk_bytes);
  boost::system::error_code ec;
  for (bool more = true; more;) {
    const auto n =
        co_await child_.output().async_read_some(asio::buffer(chunk), asio::redirect_error(base::use_awaitable, ec));
    more = !ec;
    if (more && !count(n)) break;
    lines.add({chunk.data(), more ? n : 0});
    if (!more) lines.finish();
    if (!co_await emit_results(lines)) break;
  }
  // Close the pipe, so that a command that still prints gets SIGPIPE.
  child_.output().close();
}

awaitable<bool> command_run::emit_results(line_splitter& lines) {
  while (auto line = lines.next()) {
    if (job_.stop.stop_requested()) co_return false;
    std::string type = "application/json";
    std::string payload;
    if (base::is_json(*line)) {
      payload = std::move(*line);
    } else if (base::is_utf8(*line)) {
      payload = base::json_string(*line);
    } else {
      payload = std::move(*line);
      type = "application/octet-stream";
    }
    const auto emitted = co_await out_.result(std::move(payload), std::move(type));
    if (!emitted) {
      fail(emitted.error());
      co_return false;
    }
    ++results_;
  }
  if (!lines.refused()) co_return true;
  fail({errc::too_large,
        fmt::format("the command printed a line of more than {} bytes (max_line_bytes)", task_.max_line_bytes)});
  co_return false;
}

awaitable<void> command_run::read_log() {
  line_splitter lines(max_log_line, line_splitter::overlong::cut);
  std::vector<char> chunk(chunk_bytes / 4);
  boost::system::error_code ec;
  for (bool more = true; more;) {
    const auto n =
        co_await child_.errors().async_read_some(asio::buffer(chunk), asio::redirect_error(base::use_awaitable, ec));
    more = !ec;
    if (more && !count(n)) break;
    if (more) last_words_.add({chunk.data(), n});
    lines.add({chunk.data(), more ? n : 0});
    if (!more) lines.finish();
    if (!co_await emit_log(lines)) break;
  }
  child_.errors().close();
}

awaitable<bool> command_run::emit_log(line_splitter& lines) {
  while (auto line = lines.next()) {
    if (job_.stop.stop_requested()) co_return false;
    const auto emitted = co_await out_.log(as_utf8(*line));
    if (!emitted) {
      fail(emitted.error());
      co_return false;
    }
  }
  co_return true;
}

awaitable<void> command_run::await_end() {
  ended_ = co_await child_.wait();
}

bool command_run::count(std::size_t bytes) {
  printed_ += bytes;
  if (printed_ <= task_.max_output_bytes) return true;
  fail({errc::too_large,
        fmt::format("the command printed more than {} bytes (max_output_bytes)", task_.max_output_bytes)});
  return false;
}

void command_run::fail(error why) {
  if (!failed_) failed_ = std::move(why);
  child_.stop();
}

base::result<outcome> command_run::verdict() {
  if (job_.stop.stop_requested()) return error{errc::canceled, "the run was stopped"};
  if (failed_) return *failed_;
  if (!*ended_) return ended_->error();
  const auto status = **ended_;
  if (status.code == 0 && status.signal == 0) {
    return outcome{fmt::format("\"exit_code\":0,\"results\":{}", results_)};
  }
  auto why = describe_exit(status.code, status.signal);
  if (!last_words_.last_line().empty()) why += ": " + as_utf8(last_words_.last_line().substr(0, 500));
  return error{errc::internal, std::move(why)};
}

}  // namespace streamdemo::processor
