// One ffmpeg that cuts a video: publishes each clip once its pictures and its sound are complete, and reports the
// progress. The video handler makes and awaits it, on the processor's executor.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/processor/handlers.hpp>

#include <deque>
#include <filesystem>
#include <optional>

#include "processor/child/child_process.hpp"
#include "processor/handlers/serial_emitter.hpp"
#include "processor/handlers/video/clip.hpp"
#include "processor/handlers/video/explain.hpp"
#include "processor/handlers/video/sound_track.hpp"
#include "processor/handlers/video/video_command.hpp"

namespace streamdemo::processor {

class cut_run {
 public:
  // `scratch`: the directory that ffmpeg writes to.
  cut_run(const cut_plan& plan, const video_options& options, std::filesystem::path scratch, const job& j,
          serial_emitter& out, artifacts::store& store, child_process& child, base::executor ex);

  awaitable<base::result<outcome>> go();

 private:
  awaitable<void> read_reports();
  awaitable<void> read_sound();
  awaitable<void> read_errors();
  awaitable<void> await_end();
  awaitable<void> publish_clips();
  // A finished clip with its part of the sound.
  struct whole_clip {
    clip c;
    sound_track::part sound;
  };
  // `position`: an index into pictures_.
  bool is_whole(std::size_t position) const;
  std::vector<whole_clip> take_whole();
  whole_clip take_front();
  awaitable<base::result<void>> join(const std::vector<whole_clip>& clips);
  awaitable<base::result<void>> publish(const whole_clip& one);
  awaitable<void> tell_progress();
  void take_report(std::string_view line);
  void fail(error why);
  base::result<void> verdict() const;
  std::string reason(std::string_view otherwise) const;

  const cut_plan& plan_;
  const video_options& options_;
  const std::filesystem::path scratch_;
  const job& job_;
  serial_emitter& out_;
  artifacts::store& store_;
  child_process& child_;
  base::notifier changed_;  // notified when there may be a clip to publish

  std::deque<clip> pictures_;  // finished and not yet published; times on the picture's clock
  std::int64_t frames_;        // how many frames of the whole video the encoder got
  bool reported_ = false;      // ffmpeg will report no more clips
  std::optional<sound_track> sound_;
  complaints complaints_;

  std::int64_t next_index_;
  double done_;  // the end of the last clip, as published
  std::chrono::steady_clock::time_point progress_due_{};
  double progress_ = -1;
  std::optional<error> failed_;
  std::optional<base::result<exit_status>> ended_;
};

}  // namespace streamdemo::processor
