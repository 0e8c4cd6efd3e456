// The built-in handlers. src/app/kinds.cpp makes each of them from the settings. They run on the processor's executor;
// a store that is passed in must outlive them.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/processor/handler.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::processor {

// `simulate`: numbered results at an interval, for demos and measurements. Resumable.
std::unique_ptr<handler> make_simulate_handler();
// The JSON Schema of its payload.
std::string simulate_input_schema();

struct command_options {
  std::string kind;
  config::command_task task;
  std::filesystem::path guard_program;  // an executable whose main calls guard_main; empty: this executable
  std::uint64_t open_files = 0;         // the soft limit of the programs that it starts; 0: that of this program
};

// Runs a program: it gets the payload on standard input; each line on its standard output is a result, and each line on
// standard error a log event; its exit code decides how the task ends. The variables TASK_REQUEST_ID, TASK_KIND,
// TASK_RUN, TASK_CONTENT_TYPE and TASK_RESULTS_BEFORE describe the task.
std::unique_ptr<handler> make_command_handler(command_options o);

struct video_options {
  std::string ffmpeg = "ffmpeg";
  std::string ffprobe = "ffprobe";
  std::uint32_t max_sample_seconds = 600;
  std::uint32_t threads = 2;            // of each ffmpeg's decoder, and again of its encoder
  base::milliseconds kill_after{2000};  // between SIGTERM and SIGKILL
  config::child_limits limits;          // for each program that it starts
  std::filesystem::path guard_program;  // as in command_options
  std::uint64_t open_files = 0;         // as in command_options
};

// `process-video`: cuts the sample or the task's upload into clips, and publishes each as soon as it is finished.
// Resumable.
std::unique_ptr<handler> make_video_handler(video_options o, artifacts::store& store);

// The JSON Schemas of its input from clients: of a JSON payload that asks for the sample, and of the options of an
// upload.
std::string video_input_schema(std::uint32_t max_sample_seconds);
std::string video_upload_schema();

// The path of a program, searched in PATH unless `name` is a path itself. nullopt: it is not installed.
std::optional<std::string> find_program(std::string_view name);

}  // namespace streamdemo::processor
