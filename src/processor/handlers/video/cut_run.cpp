#include "processor/handlers/video/cut_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>

#include "processor/child/capture.hpp"
#include "processor/handlers/line_splitter.hpp"
#include "processor/handlers/text.hpp"
#include "processor/handlers/video/explain.hpp"

namespace streamdemo::processor {

namespace {

constexpr std::size_t max_line = 4096;
constexpr std::chrono::milliseconds progress_interval{250};

}  // namespace

cut_run::cut_run(const cut_plan& plan, std::optional<double> seconds, std::filesystem::path scratch, const job& j,
                 serial_emitter& out, artifacts::store& store, child_process& child)
    : plan_(plan),
      seconds_(seconds),
      scratch_(std::move(scratch)),
      job_(j),
      out_(out),
      store_(store),
      child_(child),
      next_index_(plan.first_index),
      done_(plan.start_seconds) {}

awaitable<base::result<outcome>> cut_run::go() {
  using namespace asio::experimental::awaitable_operators;
  auto all = read_clips() && read_progress() && drain_into(child_.errors(), errors_) && await_end();
  co_await std::move(all);
  if (auto good = verdict(); !good) co_return std::move(good).error();
  const auto told = co_await out_.progress(1, {});
  if (!told) co_return told.error();
  co_return outcome{fmt::format("\"clips\":{},\"seconds\":{:.3f}", next_index_, done_)};
}

awaitable<void> cut_run::read_clips() {
  line_splitter lines(max_line, line_splitter::overlong::refuse);
  std::array<char, 1024> chunk;
  boost::system::error_code ec;
  while (!ec) {
    const auto n =
        co_await child_.extra().async_read_some(asio::buffer(chunk), asio::redirect_error(base::use_awaitable, ec));
    if (ec) co_return;
    lines.add({chunk.data(), n});
    while (const auto line = lines.next()) {
      const auto c = parse_clip_line(*line);
      if (!c || c->index != next_index_) {
        fail({errc::internal, "ffmpeg told of an unexpected clip: " + as_utf8(*line)});
        co_return;
      }
      const auto published = co_await publish(*c);
      if (!published) {
        fail(published.error());
        co_return;
      }
    }
  }
}

awaitable<base::result<void>> cut_run::publish(clip c) {
  if (job_.stop.stop_requested()) co_return error{errc::canceled, "the run was stopped"};
  // The clips of a run before end where ffmpeg's clock begins.
  c.start = c.start + plan_.start_seconds;
  c.end = c.end + plan_.start_seconds;
  const auto name = clip_name(job_.run, c.index);
  const auto bytes = co_await store_.adopt(scratch_ / clip_file(c.index), job_.request_id, name);
  if (!bytes) co_return error{bytes.error().code, "a clip could not be kept: " + bytes.error().message};
  const auto emitted = co_await out_.result(clip_json(c, job_.request_id, name, *bytes), "application/json");
  if (emitted) {
    next_index_ = c.index + 1;
    done_ = c.end;
  }
  co_return emitted;
}

awaitable<void> cut_run::read_progress() {
  line_splitter lines(max_line, line_splitter::overlong::cut);
  std::array<char, 1024> chunk;
  boost::system::error_code ec;
  auto due = std::chrono::steady_clock::now();
  double told = -1;
  for (;;) {
    const auto n =
        co_await child_.output().async_read_some(asio::buffer(chunk), asio::redirect_error(base::use_awaitable, ec));
    if (ec) co_return;
    lines.add({chunk.data(), n});
    std::optional<double> at;
    while (const auto line = lines.next()) {
      if (const auto seconds = parse_progress_line(*line)) at = *seconds;
    }
    const auto now = std::chrono::steady_clock::now();
    if (!at || !seconds_ || now < due || failed_ || job_.stop.stop_requested()) continue;
    // The sound may end after the picture; only the end itself says 1.
    const auto fraction = std::min((plan_.start_seconds + *at) / *seconds_, 0.999);
    if (fraction <= told) continue;
    told = fraction;
    due = now + progress_interval;
    const auto emitted = co_await out_.progress(fraction, {});
    if (!emitted) fail(emitted.error());
  }
}

awaitable<void> cut_run::await_end() {
  ended_ = co_await child_.wait();
}

void cut_run::fail(error why) {
  if (!failed_) failed_ = std::move(why);
  child_.kill();
}

base::result<void> cut_run::verdict() const {
  if (job_.stop.stop_requested()) return error{errc::canceled, "the run was stopped"};
  if (failed_) return *failed_;
  if (!*ended_) return ended_->error();
  const auto status = **ended_;
  const auto words = last_words(errors_.text(), plan_.path);
  if (status.code != 0 || status.signal != 0) {
    const auto how = describe_exit(status.code, status.signal);
    return error{errc::corrupt,
                 fmt::format("ffmpeg gave up after {} clips: {}", next_index_, words.empty() ? how : words)};
  }
  if (next_index_ == 0) return error{errc::invalid_argument, "the video holds no picture: it is 0 s long"};
  // ffmpeg takes a file that stops short for a short one. Sound that is longer than the picture looks the same, but is
  // no reason to complain.
  if (seconds_ && done_ < *seconds_ - std::max(1.0, *seconds_ * 0.02) && !errors_.empty()) {
    return error{errc::corrupt,
                 fmt::format("the video stops after {:.1f} s of the {:.1f} s that it announces: it is cut off or "
                             "damaged ({}); the {} clips up to there are good",
                             done_, *seconds_, words, next_index_)};
  }
  return {};
}

}  // namespace streamdemo::processor
