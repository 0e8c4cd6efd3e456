#include <fmt/format.h>

#include <cmath>
#include <streamdemo/processor/handlers.hpp>

#include "processor/handlers/video/cut_run.hpp"
#include "processor/handlers/video/inspect.hpp"

namespace streamdemo::processor {

namespace {

class video_handler final : public handler {
 public:
  video_handler(video_options o, artifacts::store& store) : options_(std::move(o)), store_(store) {}

  std::string_view kind() const override { return "process-video"; }
  bool resumable() const override { return true; }
  awaitable<base::result<outcome>> run(job j, emitter& out) override;

 private:
  awaitable<base::result<source>> find_source(const video_request& r, const job& j);
  awaitable<base::result<outcome>> cut(const cut_plan& plan, const std::filesystem::path& scratch, const job& j,
                                       emitter& out);

  const video_options options_;
  artifacts::store& store_;
};

// Plans to continue after the last clip of a former run. False: that clip was the last of the video.
bool resume_behind(const clip& last, cut_plan& plan) {
  if (plan.from.copy) {
    plan.pass_over = last.index + 1;
    return true;
  }
  const auto rate = plan.from.rate.value();
  plan.first_frame = std::llround((last.end - plan.from.lead()) * rate);
  plan.first_index = last.index + 1;
  return !plan.from.seconds || plan.start_seconds() < *plan.from.seconds - 0.5 / rate;
}

awaitable<base::result<outcome>> video_handler::run(job j, emitter& out) {
  const auto request = parse_video_request(j.payload, options_.max_sample_seconds);
  if (!request) co_return request.error();
  auto found = co_await find_source(*request, j);
  if (!found) co_return std::move(found).error();

  cut_plan plan;
  plan.ffmpeg = options_.ffmpeg;
  plan.request = *request;
  plan.from = std::move(*found);
  plan.threads = options_.threads;
  if (j.results_before > 0) {
    const auto last = parse_clip_json(j.last_result);
    if (!last) co_return error{errc::internal, "the last clip of the run before could not be read"};
    if (!resume_behind(*last, plan)) {
      co_return outcome{fmt::format("\"clips\":{},\"seconds\":{:.3f}", plan.first_index, last->end)};
    }
  } else {
    for (const auto& remark : plan.from.remarks) {
      if (const auto told = co_await out.log(remark); !told) co_return told.error();
    }
  }
  const auto scratch = co_await store_.make_scratch();
  if (!scratch) co_return scratch.error();
  std::optional<base::result<outcome>> ended;
  std::exception_ptr thrown;
  try {
    ended = co_await cut(plan, *scratch, j, out);
  } catch (...) {
    thrown = std::current_exception();
  }
  // Remove the scratch directory even if this coroutine was canceled.
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await store_.remove_scratch(*scratch);
  co_await asio::this_coro::throw_if_cancelled(true);
  if (thrown) std::rethrow_exception(thrown);
  co_return std::move(*ended);
}

error missing_upload(const error& e) {
  if (e.code == errc::not_found) return {e.code, "the uploaded video is not there any more; send it again"};
  return given_back(e);
}

awaitable<base::result<source>> video_handler::find_source(const video_request& r, const job& j) {
  if (r.sample) co_return sample_source(r);
  const auto file = co_await store_.local(j.request_id, r.upload);
  if (!file) co_return missing_upload(file.error());
  if (file->size == 0) co_return error{errc::invalid_argument, "the uploaded video is empty (0 bytes); send it again"};
  auto found = co_await inspect(options_, r, file->path.string(), j.stop);
  if (found) found->hold = file->hold;
  co_return found;
}

awaitable<base::result<outcome>> video_handler::cut(const cut_plan& plan, const std::filesystem::path& scratch,
                                                    const job& j, emitter& out) {
  const auto ex = co_await asio::this_coro::executor;
  auto o = child_of(options_, cut_command(plan));
  o.working_directory = scratch;
  o.extra_output = true;
  auto child = child_process::start(ex, o);
  if (!child) co_return std::move(child).error();
  const std::stop_callback on_stop(j.stop, [&child] { child->stop(); });
  serial_emitter shared(ex, out);
  cut_run one(plan, options_, scratch, j, shared, store_, *child, ex);
  auto ended = co_await one.go();
  if (!ended) co_return explain_missing(ended.error(), options_.ffmpeg, "video.ffmpeg");
  co_return std::move(ended);
}

}  // namespace

std::unique_ptr<handler> make_video_handler(video_options o, artifacts::store& store) {
  return std::make_unique<video_handler>(std::move(o), store);
}

}  // namespace streamdemo::processor
