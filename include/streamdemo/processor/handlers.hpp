// The handlers that this program brings along. Whoever builds the processor makes them, once each, from the config.
// Their handlers run on the processor's executor; the stores and loggers handed in must outlive them.
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

// `simulate`: numbered results at an interval, for demos and measuring. Resumable.
std::unique_ptr<handler> make_simulate_handler();
// The JSON Schema of what it takes.
std::string simulate_input_schema();

struct command_options {
  std::string kind;
  config::command_task task;
  std::filesystem::path guard_program;  // a program whose main calls guard_main; empty: this very program
  std::uint64_t open_files = 0;         // soft limit of what it starts; 0: this program's
};

// A command line: the payload is its standard input, each line it prints is a result, each line on its standard error a
// log event, its exit code the end. It finds the task in the variables TASK_REQUEST_ID, TASK_KIND, TASK_RUN,
// TASK_CONTENT_TYPE and TASK_RESULTS_BEFORE.
std::unique_ptr<handler> make_command_handler(command_options o);

struct video_options {
  std::string ffmpeg = "ffmpeg";
  std::string ffprobe = "ffprobe";
  std::uint32_t max_sample_seconds = 600;
  std::uint32_t threads = 2;            // of one ffmpeg's decoder, and of its encoder
  base::milliseconds kill_after{2000};  // between SIGTERM and SIGKILL
  config::child_limits limits;          // of each program
  std::filesystem::path guard_program;  // as above
  std::uint64_t open_files = 0;         // as above
};

// `process-video`: cuts the sample or an upload of the same task into clips, each published the moment it is finished.
// Resumable.
std::unique_ptr<handler> make_video_handler(video_options o, artifacts::store& store);

// The JSON Schemas of what it takes from a client: JSON that asks for the sample, and the options of an upload.
std::string video_input_schema(std::uint32_t max_sample_seconds);
std::string video_upload_schema();

// Where a program would be found: in PATH, or as the path that it is. nullopt: it is not installed.
std::optional<std::string> find_program(std::string_view name);

}  // namespace streamdemo::processor
