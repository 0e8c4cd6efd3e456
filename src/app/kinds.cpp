#include "app/kinds.hpp"

#include <fmt/format.h>

#include <streamdemo/processor/handlers.hpp>

namespace streamdemo::app {

namespace {

std::string missing_program(const config::settings& settings) {
  if (settings.role == config::role::gateway) return {};
  for (const auto& program : {settings.video.ffmpeg, settings.video.ffprobe}) {
    if (processor::find_program(program)) continue;
    return fmt::format("Videos cannot be cut here: {} is not installed (Debian: apt install ffmpeg).", program);
  }
  return {};
}

}  // namespace

std::vector<std::unique_ptr<processor::handler>> make_handlers(const config::settings& settings,
                                                               const std::filesystem::path& guard_program,
                                                               artifacts::store& store) {
  std::vector<std::unique_ptr<processor::handler>> out;
  processor::video_options video;
  video.ffmpeg = settings.video.ffmpeg;
  video.ffprobe = settings.video.ffprobe;
  video.max_sample_seconds = settings.video.max_sample_seconds;
  video.guard_program = guard_program;
  out.push_back(processor::make_video_handler(video, store));
  out.push_back(processor::make_simulate_handler());
  for (const auto& [kind, task] : settings.tasks.commands) {
    out.push_back(processor::make_command_handler({.kind = kind, .task = task, .guard_program = guard_program}));
  }
  return out;
}

std::vector<gateway::kind_info> describe_kinds(const config::settings& settings) {
  std::vector<gateway::kind_info> out{{"process-video", missing_program(settings)}, {"simulate", {}}};
  for (const auto& [kind, task] : settings.tasks.commands) out.push_back({kind, {}});
  // Kinds whose processor is another program: this one only passes their tasks on.
  for (const auto& [kind, topic] : settings.tasks.request_topics) {
    if (!settings.tasks.commands.contains(kind)) out.push_back({kind, {}});
  }
  return out;
}

}  // namespace streamdemo::app
