#include "processor/handlers/video/inspect.hpp"

#include <fmt/format.h>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "processor/handlers/line_splitter.hpp"
#include "processor/handlers/text.hpp"
#include "processor/handlers/video/clip.hpp"
#include "processor/handlers/video/explain.hpp"
#include "processor/handlers/video/video_command.hpp"

namespace streamdemo::processor {

namespace {

constexpr std::size_t max_probe_bytes = 4 << 20;

awaitable<result<captured>> run_tool(const video_options& o, std::vector<std::string> command, std::stop_token stop) {
  const auto got = co_await capture(child_of(o, std::move(command)), max_probe_bytes, stop);
  if (stop.stop_requested()) co_return error{errc::canceled, "the run was stopped"};
  co_return got;
}

awaitable<result<std::string>> probe(const video_options& o, std::vector<std::string> command, const std::string& path,
                                     std::stop_token stop) {
  const auto got = co_await run_tool(o, std::move(command), stop);
  if (!got) co_return explain_missing(got.error(), o.ffprobe, "video.ffprobe");
  if (got->status.signal != 0) {
    co_return error{errc::corrupt, "the upload cannot be read as a video: ffprobe was " +
                                       describe_exit(got->status.code, got->status.signal)};
  }
  if (got->status.code != 0) {
    co_return error{errc::invalid_argument, explain_unreadable(got->errors.text(), path)};
  }
  co_return got->output;
}

// Reads the whole file to measure its length, because recordings of browsers do not contain it.
awaitable<result<std::optional<double>>> measure(const video_options& o, const source& s, std::stop_token stop) {
  const auto got = co_await run_tool(o, length_command(o.ffmpeg, s), stop);
  if (!got) co_return explain_missing(got.error(), o.ffmpeg, "video.ffmpeg");
  std::optional<double> seconds;
  line_splitter lines(4096, line_splitter::overlong::cut);
  lines.add(got->output);
  while (const auto line = lines.next()) {
    if (const auto at = parse_progress_line(*line); at && *at > 0) seconds = at;
  }
  co_return seconds;
}

awaitable<result<void>> check_tone_map(const video_options& o, source& s, std::stop_token stop) {
  const auto got = co_await run_tool(o, tone_map_command(o.ffmpeg), stop);
  if (!got) co_return explain_missing(got.error(), o.ffmpeg, "video.ffmpeg");
  s.tone_map = got->status.code == 0 && got->status.signal == 0;
  if (!s.tone_map) {
    s.remarks.push_back(
        "the video is HDR, and this processor's ffmpeg cannot turn that into what every screen shows (it lacks the "
        "filters zscale and tonemap): the clips' colours are pale");
  }
  co_return result<void>{};
}

}  // namespace

child_options child_of(const video_options& o, std::vector<std::string> command) {
  child_options c;
  c.command = std::move(command);
  c.kill_after = o.kill_after;
  c.limits = o.limits;
  c.guard_program = o.guard_program;
  c.open_files = o.open_files;
  return c;
}

error explain_missing(const error& e, const std::string& program, std::string_view setting) {
  if (e.code != errc::not_found) return e;
  return {errc::unavailable,
          fmt::format("{} is not installed on the processor that took the task; install ffmpeg there (Debian: apt-get "
                      "install ffmpeg) or set {}",
                      program, setting)};
}

awaitable<result<source>> inspect(const video_options& o, const video_request& r, std::string path,
                                  std::stop_token stop) {
  using namespace asio::experimental::awaitable_operators;
  auto both =
      probe(o, packets_command(o.ffprobe, path), path, stop) && probe(o, frames_command(o.ffprobe, path), path, stop);
  const auto [packets, frames] = co_await std::move(both);
  if (!packets) co_return packets.error();
  if (!frames) co_return frames.error();
  const auto read = read_media(*packets, *frames);
  if (!read) co_return read.error();
  auto s = choose_source(*read, r);
  if (!s) co_return s;
  s->path = path;
  if (s->tone_map) {
    const auto checked = co_await check_tone_map(o, *s, stop);
    if (!checked) co_return checked.error();
  }
  if (!s->seconds) {
    const auto measured = co_await measure(o, *s, stop);
    if (!measured) co_return measured.error();
    s->seconds = *measured;
  }
  co_return s;
}

}  // namespace streamdemo::processor
