// One run of a command: writes its input, reads its two outputs and waits for its end, all at the same time. The
// command handler makes and awaits it, on the processor's executor.
#pragma once
#include <streamdemo/config/settings.hpp>
#include <streamdemo/processor/handler.hpp>

#include <optional>

#include "processor/child/child_process.hpp"
#include "processor/child/tail.hpp"
#include "processor/handlers/line_splitter.hpp"
#include "processor/handlers/serial_emitter.hpp"

namespace streamdemo::processor {

class command_run {
 public:
  command_run(const config::command_task& task, const job& j, serial_emitter& out, child_process& child)
      : task_(task), job_(j), out_(out), child_(child) {}

  awaitable<base::result<outcome>> go();

 private:
  awaitable<void> feed();
  awaitable<void> read_results();
  awaitable<void> read_log();
  awaitable<void> await_end();
  awaitable<bool> emit_results(line_splitter& lines);
  awaitable<bool> emit_log(line_splitter& lines);
  bool count(std::size_t bytes);
  void fail(error why);
  base::result<outcome> verdict();

  const config::command_task& task_;
  const job& job_;
  serial_emitter& out_;
  child_process& child_;
  std::uint64_t printed_ = 0;
  std::int64_t results_ = 0;
  std::optional<error> failed_;
  std::optional<base::result<exit_status>> ended_;
  tail last_words_;
};

}  // namespace streamdemo::processor
