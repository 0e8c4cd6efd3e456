// The answer to an accepted submission, in the form that the client asked for. On the connection's loop.
#pragma once
#include "gateway/api/call.hpp"

namespace streamdemo::gateway {

// 202 with the task's URLs; 200 with all results when `Prefer: wait` was asked for and sufficed; or its stream.
base::awaitable<http::reply> submit_answer(const call& c, history_ptr h);
// The same while this gateway lags behind the log: a stream or an end is waited for, and when nothing of it comes in
// time the answer is the 202.
base::awaitable<http::reply> submit_answer(const call& c, accepted_task t);

}  // namespace streamdemo::gateway
