// The answer to an accepted submission, in the form that the client asked for. On the connection's loop.
#pragma once
#include "gateway/api/call.hpp"

namespace streamdemo::gateway {

// 202 with the task's URLs; 200 with all results if the client sent `Prefer: wait` and the task ended in time; or, by
// `Accept`, the task's stream, unless as many of the owner's are open as may be.
base::awaitable<http::reply> submit_answer(const call& c, history_ptr h);
// The same for a task that this gateway may not have read back yet. Waits for that only if the client asked for a
// stream or sent `Prefer: wait`; if it takes too long, answers 202.
base::awaitable<http::reply> submit_answer(const call& c, accepted_task t);

}  // namespace streamdemo::gateway
