// One ffmpeg that cuts a video: publishes each clip when ffmpeg says that it is finished, and tells how far it is.
// Made and awaited by the video handler, on the processor's executor.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/processor/handler.hpp>

#include <filesystem>
#include <optional>

#include "processor/child/child_process.hpp"
#include "processor/child/tail.hpp"
#include "processor/handlers/serial_emitter.hpp"
#include "processor/handlers/video/clip.hpp"
#include "processor/handlers/video/video_command.hpp"

namespace streamdemo::processor {

class cut_run {
 public:
  // `seconds`: of the whole video, if known. `scratch`: where ffmpeg writes.
  cut_run(const cut_plan& plan, std::optional<double> seconds, std::filesystem::path scratch, const job& j,
          serial_emitter& out, artifacts::store& store, child_process& child);

  awaitable<base::result<outcome>> go();

 private:
  awaitable<void> read_clips();
  awaitable<void> read_progress();
  awaitable<void> await_end();
  awaitable<base::result<void>> publish(clip c);
  void fail(error why);
  base::result<void> verdict() const;

  const cut_plan& plan_;
  const std::optional<double> seconds_;
  const std::filesystem::path scratch_;
  const job& job_;
  serial_emitter& out_;
  artifacts::store& store_;
  child_process& child_;
  std::int64_t next_index_;
  double done_;  // the end of the last clip
  std::optional<error> failed_;
  std::optional<base::result<exit_status>> ended_;
  tail errors_;
};

}  // namespace streamdemo::processor
