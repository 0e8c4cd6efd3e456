// One client: submits a task and follows it over one transport to its end. Coroutines of one executor.
#pragma once
#include "compare/client/observation.hpp"
#include "compare/client/place.hpp"
#include "compare/client/transport.hpp"

namespace streamdemo::compare {

// How long a client waits for anything of one task before it gives up.
struct patience {
  base::steady_time until;
};

// The task's id. Over a connection of its own, whose counts are added to `wire`.
base::awaitable<base::result<std::string>> submit(const place& at, base::executor ex, std::string kind,
                                                  std::string body, http::wire_counts& wire);

base::awaitable<base::result<void>> cancel(const place& at, base::executor ex, std::string id, http::wire_counts& wire);

// Follows the task `id` until it has ended or something failed, which stands in `seen.failure` then. `seen` outlives
// it.
base::awaitable<void> follow(const place& at, base::executor ex, const transport& how, std::string id, patience limit,
                             observation& seen);

}  // namespace streamdemo::compare
