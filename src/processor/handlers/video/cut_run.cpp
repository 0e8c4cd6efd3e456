#include "processor/handlers/video/cut_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cmath>

#include "processor/child/capture.hpp"
#include "processor/handlers/line_splitter.hpp"
#include "processor/handlers/text.hpp"
#include "processor/handlers/video/inspect.hpp"

namespace streamdemo::processor {

namespace {

constexpr std::size_t max_line = 4096;
constexpr std::chrono::milliseconds progress_interval{250};
// In seconds. If the sound is longer than the picture by less than this, the clip's end is that of the picture.
constexpr double unheard = 0.1;
// How many clips one ffmpeg joins at most. When copying is faster than joining, several clips wait.
constexpr std::size_t max_joined = 8;
constexpr std::size_t max_printed = 4096;

// The next bytes of a pipe; nullopt: its end.
awaitable<std::optional<std::string_view>> some(child_process::readable& from, std::array<char, 8192>& chunk) {
  boost::system::error_code ec;
  const auto n = co_await from.async_read_some(asio::buffer(chunk), asio::redirect_error(base::use_awaitable, ec));
  if (ec) co_return std::nullopt;
  co_return std::string_view(chunk.data(), n);
}

}  // namespace

cut_run::cut_run(const cut_plan& plan, const video_options& options, std::filesystem::path scratch, const job& j,
                 serial_emitter& out, artifacts::store& store, child_process& child, base::executor ex)
    : plan_(plan),
      options_(options),
      scratch_(std::move(scratch)),
      job_(j),
      out_(out),
      store_(store),
      child_(child),
      changed_(ex),
      frames_(plan.first_frame),
      complaints_(plan.from.path),
      next_index_(std::max(plan.first_index, plan.pass_over)),
      done_(plan.first_index > 0 ? plan.start_seconds() + plan.from.lead() : 0) {
  const auto from = plan.first_index > 0 ? plan.start_seconds() : -plan.from.lead();
  if (plan.from.sound) sound_.emplace(plan.sound_origin(), plan.from.sample_rate, from);
}

awaitable<base::result<outcome>> cut_run::go() {
  using namespace asio::experimental::awaitable_operators;
  auto all = read_reports() && read_sound() && read_errors() && publish_clips() && await_end();
  co_await std::move(all);
  if (complaints_.hidden() > 0 && !job_.stop.stop_requested()) {
    const auto told = co_await out_.log(fmt::format("ffmpeg: {} more complaints like these", complaints_.hidden()));
    if (!told) fail(told.error());
  }
  if (auto good = verdict(); !good) co_return std::move(good).error();
  const auto told = co_await out_.progress(1, {});
  if (!told) co_return told.error();
  auto detail = fmt::format("\"clips\":{},\"seconds\":{:.3f}", next_index_, done_);
  if (plan_.from.seconds) detail += fmt::format(",\"claimed_seconds\":{:.3f}", *plan_.from.seconds);
  co_return outcome{std::move(detail)};
}

awaitable<void> cut_run::read_reports() {
  line_splitter lines(max_line, line_splitter::overlong::cut);
  std::array<char, 8192> chunk;
  while (const auto bytes = co_await some(child_.extra(), chunk)) {
    lines.add(*bytes);
    while (const auto line = lines.next()) take_report(*line);
    changed_.notify_all();
    co_await tell_progress();
  }
  reported_ = true;
  changed_.notify_all();
}

void cut_run::take_report(std::string_view line) {
  if (const auto n = parse_frame_line(line)) {
    frames_ = plan_.first_frame + *n;
  } else if (const auto c = parse_clip_line(line)) {
    pictures_.push_back(*c);
    if (plan_.from.copy) return;
    const auto rate = plan_.from.rate.value();
    const auto before = static_cast<double>(plan_.first_index) * plan_.request.clip_seconds;
    pictures_.back().start = std::round((c->start + before) * rate) / rate;
    pictures_.back().end = std::round((c->end + before) * rate) / rate;
  }
}

awaitable<void> cut_run::tell_progress() {
  const auto now = std::chrono::steady_clock::now();
  if (!plan_.from.seconds || now < progress_due_ || failed_ || job_.stop.stop_requested()) co_return;
  // Less than 1 until the run has ended, since the sound may be longer than the picture.
  const auto fraction = std::min(static_cast<double>(frames_) / plan_.from.rate.value() / *plan_.from.seconds, 0.999);
  if (fraction <= progress_) co_return;
  progress_ = fraction;
  progress_due_ = now + progress_interval;
  const auto emitted = co_await out_.progress(fraction, {});
  if (!emitted) fail(emitted.error());
}

awaitable<void> cut_run::read_sound() {
  std::array<char, 8192> chunk;
  while (const auto bytes = co_await some(child_.output(), chunk)) {
    if (!sound_) continue;
    if (!sound_->add(*bytes)) {
      fail({errc::too_large, "the sound goes on for too long without a picture"});
      co_return;
    }
    changed_.notify_all();
  }
  if (sound_) sound_->finish();
  changed_.notify_all();
}

awaitable<void> cut_run::read_errors() {
  line_splitter lines(max_line, line_splitter::overlong::cut);
  std::array<char, 8192> chunk;
  while (const auto bytes = co_await some(child_.errors(), chunk)) {
    lines.add(*bytes);
    while (const auto line = lines.next()) {
      auto text = complaints_.add(*line);
      if (text.empty() || failed_ || job_.stop.stop_requested()) continue;
      const auto told = co_await out_.log("ffmpeg: " + text);
      if (!told) fail(told.error());
    }
  }
}

// When the pictures of a clip are finished, it is not yet known whether it is the last one, which also contains the
// rest of the sound.
bool cut_run::is_whole(std::size_t position) const {
  const auto& c = pictures_[position];
  const bool more = !plan_.from.copy && static_cast<double>(frames_) > c.end * plan_.from.rate.value() + 0.5;
  const bool followed = more || position + 1 < pictures_.size();
  if (!followed && !reported_) return false;
  if (!sound_) return true;
  return followed ? sound_->reaches(c.end) : sound_->finished();
}

std::vector<cut_run::whole_clip> cut_run::take_whole() {
  std::vector<whole_clip> all;
  while (!pictures_.empty() && all.size() < max_joined && is_whole(0)) {
    if (pictures_.front().index < plan_.pass_over) {
      done_ = pictures_.front().end + plan_.from.lead();
      pictures_.pop_front();
    } else {
      all.push_back(take_front());
    }
  }
  return all;
}

cut_run::whole_clip cut_run::take_front() {
  whole_clip one{pictures_.front(), {}};
  pictures_.pop_front();
  auto& c = one.c;
  const bool last = reported_ && pictures_.empty();
  const auto lead = plan_.from.lead();
  if (sound_) {
    const auto ends = last ? sound_->end() : std::nullopt;
    one.sound = sound_->take(c.index == 0 ? -lead : c.start, last ? std::nullopt : std::optional(c.end));
    if (last && ends && *ends > c.end + unheard) c.end = *ends;
  }
  c.start = c.index == 0 ? 0 : c.start + lead;
  c.end += lead;
  return one;
}

awaitable<void> cut_run::publish_clips() {
  while (!failed_ && !(reported_ && pictures_.empty())) {
    const auto clips = take_whole();
    if (clips.empty()) {
      if (!(reported_ && pictures_.empty())) co_await changed_.wait();
      continue;
    }
    auto done = co_await join(clips);
    for (auto it = clips.begin(); done && it != clips.end(); ++it) done = co_await publish(*it);
    if (!done) {
      fail(done.error());
      co_return;
    }
  }
}

awaitable<base::result<void>> cut_run::join(const std::vector<whole_clip>& clips) {
  std::vector<joint> joints;
  for (const auto& [c, sound] : clips) {
    if (sound.bytes.empty()) continue;
    joints.push_back({c.index, c.index == 0 ? plan_.from.lead() : 0, sound.offset});
    const auto written = co_await store_.write_scratch(scratch_ / sound_file(c.index), sound.bytes);
    if (!written) co_return written;
  }
  if (joints.empty()) co_return base::result<void>{};
  auto o = child_of(options_, join_command(plan_.ffmpeg, joints));
  o.working_directory = scratch_;
  const auto got = co_await capture(std::move(o), max_printed, job_.stop);
  if (!got) co_return got.error();
  const auto status = got->status;
  if (job_.stop.stop_requested() || (status.code == 0 && status.signal == 0)) co_return base::result<void>{};
  if (got->errors.text().find("No space left on device") != std::string::npos) {
    co_return error{errc::no_space, "there is no space left for the clips"};
  }
  co_return error{errc::internal, "the pictures and the sound of a clip could not be put together: ffmpeg ended with " +
                                      describe_exit(status.code, status.signal) + ", " +
                                      as_utf8(got->errors.last_line())};
}

awaitable<base::result<void>> cut_run::publish(const whole_clip& one) {
  const auto& c = one.c;
  if (job_.stop.stop_requested()) co_return error{errc::canceled, "the run was stopped"};
  if (c.index != next_index_) {
    co_return error{errc::internal, fmt::format("ffmpeg reported clip {} instead of {}", c.index, next_index_)};
  }
  const auto name = clip_name(job_.run, c.index);
  const auto file = one.sound.bytes.empty() ? picture_file(c.index) : clip_file(c.index);
  const auto bytes = co_await store_.adopt(scratch_ / file, job_.request_id, name);
  if (!bytes) {
    const auto why = given_back(bytes.error());
    co_return error{why.code, "a clip could not be kept: " + why.message};
  }
  const auto emitted = co_await out_.result(clip_json(c, job_.request_id, name, *bytes), "application/json");
  if (emitted) {
    next_index_ = c.index + 1;
    done_ = c.end;
  }
  co_return emitted;
}

awaitable<void> cut_run::await_end() {
  ended_ = co_await child_.wait();
}

void cut_run::fail(error why) {
  if (!failed_) failed_ = std::move(why);
  child_.kill();
  changed_.notify_all();
}

std::string cut_run::reason(std::string_view otherwise) const {
  const auto cause = complaints_.cause();
  return cause.empty() ? std::string(otherwise) : cause;
}

base::result<void> cut_run::verdict() const {
  if (job_.stop.stop_requested()) return error{errc::canceled, "the run was stopped"};
  if (failed_) return *failed_;
  if (!*ended_) return ended_->error();
  const auto status = **ended_;
  const bool nothing_left =
      next_index_ > 0 && plan_.first_index > 0 && frames_ == plan_.first_frame && complaints_.cause().empty();
  if ((status.code != 0 || status.signal != 0) && !nothing_left) {
    const auto why = reason(status.signal == 0 && !plan_.from.path.empty()
                                ? std::string(cut_off_or_damaged)
                                : "ffmpeg ended with " + describe_exit(status.code, status.signal));
    if (next_index_ == 0) return error{errc::corrupt, "no picture of the video could be cut: " + why};
    return error{
        errc::corrupt,
        fmt::format("the video could not be cut to its end: {}; what was cut up to {:.1f} s is good", why, done_)};
  }
  if (next_index_ == 0) {
    return error{errc::invalid_argument, "no picture of the video can be decoded: " + reason("it is 0 s long")};
  }
  // ffmpeg does not report that a file ends too early, so compare with the length that the file claims.
  const auto claimed = plan_.from.seconds;
  const bool short_of = claimed && done_ < *claimed - std::max(1.0, *claimed * 0.02) && !complaints_.empty();
  if (short_of || complaints_.cause() == file_ends_in_the_middle) {
    const auto of = short_of ? fmt::format(" of the {:.1f} s that it announces", *claimed) : "";
    return error{
        errc::corrupt,
        fmt::format("the video stops after {:.1f} s{}: it is cut off or damaged; the clips up to there are good", done_,
                    of)};
  }
  return {};
}

}  // namespace streamdemo::processor
