// How endpoints wait. Each wait ends at `until`, or at once when the gateway drains. On the connection's loop.
#pragma once
#include <string>

#include "gateway/api/problem.hpp"
#include "gateway/api/services.hpp"

namespace streamdemo::gateway {

using base::awaitable;

// The history of a task that was just accepted here, once this gateway has read it back; nullptr at `until`,
// or when the gateway drains.
awaitable<history_ptr> read_back(services& a, accepted_task t, base::steady_time until);
// The refusal for a client that needs the history when read_back() gave nullptr.
refusal not_read_back(const std::string& request_id);

// True once an event after `after`, or the end, can be read; false if the wait ended before.
awaitable<bool> news(services& a, history_ptr h, std::int64_t after, base::steady_time until);

// True once the task has ended; false if the wait ended before, or the log lost the task.
awaitable<bool> ended(services& a, history_ptr h, base::steady_time until);

}  // namespace streamdemo::gateway
