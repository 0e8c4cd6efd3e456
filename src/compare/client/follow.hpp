// One client: submits a task and follows it over one transport to its end. Coroutines on one executor.
#pragma once
#include "compare/client/observation.hpp"
#include "compare/client/place.hpp"
#include "compare/client/transport.hpp"

namespace streamdemo::compare {

// How long a client waits before it gives up.
struct patience {
  base::steady_time until;
  // A stream that breaks is opened again with the client's cursor, until the server was away for so long.
  std::chrono::milliseconds away{};
};

// Submits a task over a connection of its own, whose counters are added to `wire`, and returns the task's id.
base::awaitable<base::result<std::string>> submit(const place& at, base::executor ex, std::string kind,
                                                  std::string body, http::wire_counts& wire);

base::awaitable<base::result<void>> cancel(const place& at, base::executor ex, std::string id, http::wire_counts& wire);

// Follows the task `id` until it has ended or something failed, which is then in `seen.failure`. `seen` must outlive
// the coroutine.
base::awaitable<void> follow(const place& at, base::executor ex, const transport& how, std::string id, patience limit,
                             observation& seen);

}  // namespace streamdemo::compare
