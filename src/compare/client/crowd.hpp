// Runs many clients at once, each with its own task, over one transport. Blocks; the loop runs on the calling thread.
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

// The time over which to spread the starts of clients whose results come at a constant interval: as many intervals as
// fit into a second, at least one, and more if needed so that no two clients' results are made at the same moment.
// Otherwise one of them would wait for the other, which distorts the delays. Pure.
std::chrono::milliseconds out_of_step(int clients, std::chrono::milliseconds interval);

// The starts of the clients are spread over a time, so that they do not send requests in step. With method::nobody the
// tasks are only submitted, and it waits for their duration; look_afterwards() reads their results.
// `beside` runs at the same time as the clients and can read their observations; it is canceled when they end.
struct crowd_options {
  std::chrono::milliseconds spread_over{};
  std::function<base::awaitable<void>(const std::vector<observation>&)> beside = {};
  std::chrono::milliseconds away{};  // as in patience
};
crowd_result run_crowd(const place& at, const transport& how, const task_shape& shape, int clients, progress& shown,
                       const crowd_options& options);

// Reads the results of tasks that nobody watched. The cost of this is not measured.
[[nodiscard]] base::result<void> look_afterwards(const place& at, std::vector<observation>& seen);

// The loop of run_alone() and the owner of every coroutine on it.
struct lone_loop {
  base::executor ex;
  base::task_group& owner;

  // Runs all of them concurrently and completes when the last one has ended. Throws the first exception.
  base::awaitable<void> all_of(std::vector<std::function<base::awaitable<void>()>> bodies);
};

// Runs one coroutine on a loop of its own. When it ends, coroutines that it started there are canceled and joined.
// Error: canceled, if SIGINT or SIGTERM came before; what the coroutine has recorded is then incomplete. Throws what
// the coroutine throws.
[[nodiscard]] base::result<void> run_alone(const std::function<base::awaitable<void>(lone_loop&)>& body);

}  // namespace streamdemo::compare
