#include "app/kinds.hpp"

#include <fmt/format.h>

#include <streamdemo/config/input_schema.hpp>
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

// Parsing cannot fail: config::load() has checked the schemas of the configuration, and a test checks the built-in
// ones.
base::json_schema schema_of(std::string_view text) {
  return base::json_schema::parse(text).value();
}

std::optional<base::json_schema> configured_schema(const config::settings& settings, const std::string& kind) {
  const auto found = settings.tasks.input_schemas.find(kind);
  if (found == settings.tasks.input_schemas.end()) return std::nullopt;
  return config::read_input_schema(found->second).value();
}

kind video_kind(const config::settings& settings) {
  const auto make = [video = settings.video](const handler_needs& needs) {
    processor::video_options options;
    options.ffmpeg = video.ffmpeg;
    options.ffprobe = video.ffprobe;
    options.max_sample_seconds = video.max_sample_seconds;
    options.limits = video.limits;
    options.guard_program = needs.guard_program;
    options.open_files = needs.child_open_files;
    return processor::make_video_handler(options, needs.store);
  };
  return {{.name = "process-video",
           .notice = missing_program(settings),
           .input = schema_of(processor::video_input_schema(settings.video.max_sample_seconds)),
           .upload = gateway::upload_input{{"video/*"}, schema_of(processor::video_upload_schema())}},
          make,
          most_at_once(settings, settings.tasks.process_video_concurrency)};
}

kind command_kind(const config::settings& settings, const std::string& name, const config::command_task& task) {
  const auto make = [name, task](const handler_needs& needs) {
    return processor::make_command_handler(
        {.kind = name, .task = task, .guard_program = needs.guard_program, .open_files = needs.child_open_files});
  };
  return {{.name = name, .input = configured_schema(settings, name)}, make, most_at_once(settings, task.concurrency)};
}

}  // namespace

std::vector<kind> kinds_of(const config::settings& settings) {
  std::vector<kind> out;
  out.push_back(video_kind(settings));
  out.push_back({{.name = "simulate", .input = schema_of(processor::simulate_input_schema())},
                 [](const handler_needs&) { return processor::make_simulate_handler(); },
                 most_at_once(settings, settings.tasks.simulate_concurrency)});
  for (const auto& [name, task] : settings.tasks.commands) out.push_back(command_kind(settings, name, task));
  for (const auto& [name, topic] : settings.tasks.request_topics) {
    if (!settings.tasks.commands.contains(name))
      out.push_back({{.name = name, .input = configured_schema(settings, name)}, nullptr});
  }
  return out;
}

std::vector<gateway::kind_info> infos(const std::vector<kind>& kinds) {
  std::vector<gateway::kind_info> out;
  for (const auto& k : kinds) out.push_back(k.info);
  return out;
}

std::vector<std::unique_ptr<processor::handler>> make_handlers(const std::vector<kind>& kinds,
                                                               const handler_needs& needs) {
  std::vector<std::unique_ptr<processor::handler>> out;
  for (const auto& k : kinds) {
    if (k.make_handler) out.push_back(k.make_handler(needs));
  }
  return out;
}

std::map<std::string, std::uint32_t, std::less<>> concurrency_of(const std::vector<kind>& kinds) {
  std::map<std::string, std::uint32_t, std::less<>> out;
  for (const auto& k : kinds) {
    if (k.make_handler) out.emplace(k.info.name, k.concurrency);
  }
  return out;
}

}  // namespace streamdemo::app
