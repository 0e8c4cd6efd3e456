// The waits of the endpoints: each ends at its time; news() and ended() at once when the gateway drains. On the
// connection's loop.
#pragma once
#include <string>

#include "gateway/api/core.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

using base::awaitable;

// The task's history, waiting for it a moment (gateway.unknown_task_wait_ms) when it is not known here yet.
// Refusals: unknown_task (also for what is no id), too_many_waiters, unavailable (this gateway made it and has not read
// it back yet).
awaitable<checked<history_ptr>> known_task(core& a, std::string request_id);

// The history of a task that was just accepted here, once this gateway has read it back; nullptr at `until`,
// or when the gateway drains.
awaitable<history_ptr> read_back(core& a, accepted_task t, base::steady_time until);
// What is then said where a history is needed.
refusal not_read_back(const std::string& request_id);

// True once something behind `after`, or the end, can be read.
awaitable<bool> news(core& a, history_ptr h, std::int64_t after, base::steady_time until);

// True once the task has ended.
awaitable<bool> ended(core& a, history_ptr h, base::steady_time until);

// Ends the task unless it has ended, and waits a moment for the log to say which of the two it was.
// Refusals: those of known_task(), overloaded, unavailable.
awaitable<checked<history_ptr>> canceled_task(core& a, std::string request_id);

}  // namespace streamdemo::gateway
