#include <cstdlib>
#include <streamdemo/processor/handlers.hpp>
#include <streamdemo/tracing/trace_context.hpp>

#include "processor/handlers/command_run.hpp"

namespace streamdemo::processor {

namespace {

class command_handler final : public handler {
 public:
  explicit command_handler(command_options o) : options_(std::move(o)) {}

  std::string_view kind() const override { return options_.kind; }
  bool resumable() const override { return options_.task.resumable; }

  awaitable<base::result<outcome>> run(job j, emitter& out) override {
    const auto ex = co_await asio::this_coro::executor;
    const auto how = child_of(j);
    auto child = child_process::start(ex, how);
    if (!child) co_return std::move(child).error();
    const std::stop_callback on_stop(j.stop, [&child] { child->stop(); });
    serial_emitter shared(ex, out);
    command_run one(options_.task, j, shared, *child);
    co_return co_await one.go();
  }

 private:
  child_options child_of(const job& j) const {
    child_options o;
    o.command = options_.task.command;
    o.working_directory = options_.task.working_directory;
    o.input = true;
    o.terminal = options_.task.terminal;
    o.kill_after = options_.task.kill_after;
    o.limits = options_.task.limits;
    o.guard_program = options_.guard_program;
    o.open_files = options_.open_files;
    o.environment = {{"TASK_REQUEST_ID", j.request_id},
                     {"TASK_KIND", j.kind},
                     {"TASK_RUN", j.run},
                     {"TASK_CONTENT_TYPE", j.content_type},
                     {"TASK_RESULTS_BEFORE", std::to_string(j.results_before)}};
    if (tracing::parse_traceparent(j.traceparent)) o.environment.emplace_back("TRACEPARENT", j.traceparent);
    // Python buffers its output to a pipe until it has some kilobytes, unless this is set.
    if (std::getenv("PYTHONUNBUFFERED") == nullptr) o.environment.emplace_back("PYTHONUNBUFFERED", "1");
    // Programs that see a terminal may draw and use colours; TERM=dumb tells them not to.
    if (o.terminal) o.environment.emplace_back("TERM", "dumb");
    return o;
  }

  const command_options options_;
};

}  // namespace

std::unique_ptr<handler> make_command_handler(command_options o) {
  return std::make_unique<command_handler>(std::move(o));
}

}  // namespace streamdemo::processor
