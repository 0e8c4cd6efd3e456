#include <fmt/format.h>

#include <streamdemo/processor/handlers.hpp>

#include "processor/child/capture.hpp"
#include "processor/handlers/text.hpp"
#include "processor/handlers/video/cut_run.hpp"
#include "processor/handlers/video/explain.hpp"
#include "processor/handlers/video/video_facts.hpp"

namespace streamdemo::processor {

namespace {

constexpr std::size_t max_probe_bytes = 1 << 20;

class video_handler final : public handler {
 public:
  video_handler(video_options o, artifacts::store& store) : options_(std::move(o)), store_(store) {}

  std::string_view kind() const override { return "process-video"; }
  bool resumable() const override { return true; }
  awaitable<base::result<outcome>> run(job j, emitter& out) override;

 private:
  // Where the input lies and how long it is.
  struct input {
    std::string path;
    std::optional<double> seconds;
  };
  awaitable<base::result<input>> find_input(const video_request& r, const job& j);
  awaitable<base::result<video_facts>> probe(const std::string& path, std::stop_token stop);
  awaitable<base::result<outcome>> cut(const cut_plan& plan, std::optional<double> seconds,
                                       const std::filesystem::path& scratch, const job& j, emitter& out);
  error explain_missing(const error& e, const std::string& program, std::string_view setting) const;

  const video_options options_;
  artifacts::store& store_;
};

error video_handler::explain_missing(const error& e, const std::string& program, std::string_view setting) const {
  if (e.code != errc::not_found) return e;
  return {errc::unavailable,
          fmt::format("{} is not installed on the processor that took the task; install ffmpeg there (Debian: apt-get "
                      "install ffmpeg) or set {}",
                      program, setting)};
}

awaitable<base::result<outcome>> video_handler::run(job j, emitter& out) {
  const auto request = parse_video_request(j.payload, options_.max_sample_seconds);
  if (!request) co_return request.error();
  auto found = co_await find_input(*request, j);
  if (!found) co_return std::move(found).error();

  cut_plan plan;
  plan.ffmpeg = options_.ffmpeg;
  plan.request = *request;
  plan.path = found->path;
  plan.threads = options_.threads;
  if (j.results_before > 0) {
    const auto last = parse_clip_json(j.last_result);
    if (!last) co_return error{errc::internal, "the last clip of the run before could not be read"};
    plan.start_seconds = last->end;
    plan.first_index = last->index + 1;
    if (found->seconds && last->end >= *found->seconds - 0.02) {
      co_return outcome{fmt::format("\"clips\":{},\"seconds\":{:.3f}", plan.first_index, last->end)};
    }
  }
  const auto scratch = co_await store_.make_scratch();
  if (!scratch) co_return scratch.error();
  std::optional<base::result<outcome>> ended;
  std::exception_ptr thrown;
  try {
    ended = co_await cut(plan, found->seconds, *scratch, j, out);
  } catch (...) {
    thrown = std::current_exception();
  }
  // Also when this very coroutine was canceled.
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await store_.remove_scratch(*scratch);
  co_await asio::this_coro::throw_if_cancelled(true);
  if (thrown) std::rethrow_exception(thrown);
  co_return std::move(*ended);
}

awaitable<base::result<video_handler::input>> video_handler::find_input(const video_request& r, const job& j) {
  if (r.sample) co_return input{"", r.sample_seconds};
  const auto file = co_await store_.open(j.request_id, r.upload);
  if (!file) co_return error{file.error().code, "the uploaded video is not there any more; send it again"};
  if (file->size == 0) co_return error{errc::invalid_argument, "the uploaded video is empty (0 bytes); send it again"};
  const auto path = co_await store_.path_of(j.request_id, r.upload);
  if (!path) co_return error{path.error().code, "the uploaded video is not there any more; send it again"};
  const auto facts = co_await probe(path->string(), j.stop);
  if (!facts) co_return facts.error();
  co_return input{path->string(), facts->seconds};
}

awaitable<base::result<video_facts>> video_handler::probe(const std::string& path, std::stop_token stop) {
  child_options o;
  o.command = probe_command(options_.ffprobe, path);
  o.kill_after = options_.kill_after;
  o.guard_program = options_.guard_program;
  const auto got = co_await capture(o, max_probe_bytes, stop);
  if (stop.stop_requested()) co_return error{errc::canceled, "the run was stopped"};
  if (!got) co_return explain_missing(got.error(), options_.ffprobe, "video.ffprobe");
  if (got->status.signal != 0) {
    co_return error{errc::corrupt, "the upload cannot be read as a video: ffprobe was " +
                                       describe_exit(got->status.code, got->status.signal)};
  }
  if (got->status.code != 0) {
    co_return error{errc::invalid_argument, explain_unreadable(got->errors.text(), path)};
  }
  co_return read_video_facts(got->output);
}

awaitable<base::result<outcome>> video_handler::cut(const cut_plan& plan, std::optional<double> seconds,
                                                    const std::filesystem::path& scratch, const job& j, emitter& out) {
  const auto ex = co_await asio::this_coro::executor;
  child_options o;
  o.command = cut_command(plan);
  o.working_directory = scratch;
  o.extra_output = true;
  o.kill_after = options_.kill_after;
  o.guard_program = options_.guard_program;
  auto child = child_process::start(ex, o);
  if (!child) co_return std::move(child).error();
  const std::stop_callback on_stop(j.stop, [&child] { child->stop(); });
  serial_emitter shared(ex, out);
  cut_run one(plan, seconds, scratch, j, shared, store_, *child);
  auto ended = co_await one.go();
  if (!ended && ended.error().code == errc::not_found) {
    co_return explain_missing(ended.error(), options_.ffmpeg, "video.ffmpeg");
  }
  co_return std::move(ended);
}

}  // namespace

std::unique_ptr<handler> make_video_handler(video_options o, artifacts::store& store) {
  return std::make_unique<video_handler>(std::move(o), store);
}

}  // namespace streamdemo::processor
