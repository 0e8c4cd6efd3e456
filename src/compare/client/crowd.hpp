// Many clients at once, each with a task of its own, over one transport. Blocks; its loop runs on the calling thread.
#pragma once
#include <functional>
#include <streamdemo/base/task_group.hpp>

#include "compare/client/follow.hpp"
#include "compare/progress.hpp"

namespace streamdemo::compare {

struct crowd_result {
  std::vector<observation> seen;
  http::wire_counts submit_wire;
  bool interrupted = false;  // by SIGINT or SIGTERM
};

// How long the starts of clients are spread over for results that come at a steady interval: as many intervals as fit
// into a second, at least one, and more of them if it takes more for no two clients' results to be made at the same
// moment; one would wait for the other, now first, now second. Pure.
std::chrono::milliseconds out_of_step(int clients, std::chrono::milliseconds interval);

// The clients start spread over a time, so that they do not ask in step. With method::nobody the tasks are only
// submitted and given their time; look_afterwards() says what became of them.
// `beside` runs beside the clients and sees what they see so far; it ends with them at the latest.
struct crowd_options {
  std::chrono::milliseconds spread_over{};
  std::function<base::awaitable<void>(const std::vector<observation>&)> beside;
};
crowd_result run_crowd(const place& at, const transport& how, const task_shape& shape, int clients, progress& shown,
                       const crowd_options& options);

// Reads the whole tasks that nobody watched. What that costs is in no number.
[[nodiscard]] base::result<void> look_afterwards(const place& at, std::vector<observation>& seen);

// The loop of run_alone() and the owner of every coroutine on it.
struct lone_loop {
  base::executor ex;
  base::task_group& owner;

  // Starts all of them beside each other and completes when the last has ended. Throws what the first one threw.
  base::awaitable<void> all_of(std::vector<std::function<base::awaitable<void>()>> bodies);
};

// Runs one coroutine on a loop of its own; what it started there and has not ended by then is canceled and joined.
// Error: canceled, when SIGINT or SIGTERM came before all that had ended; what the coroutine has noted by then is not
// whole. What it throws comes out here.
[[nodiscard]] base::result<void> run_alone(const std::function<base::awaitable<void>(lone_loop&)>& body);

}  // namespace streamdemo::compare
