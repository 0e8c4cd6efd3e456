// The answer to an accepted submission, in the form that the client asked for. On the connection's loop.
#pragma once
#include "gateway/api/core.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

// 202 with the task's URLs; 200 with all results when `Prefer: wait` was asked for and sufficed; or its stream.
base::awaitable<http::reply> submit_answer(core& a, const http::request& r, history_ptr h);
// The same while this gateway lags behind the log: a stream or an end is waited for, and when nothing of it comes in
// time the answer is the 202.
base::awaitable<http::reply> submit_answer(core& a, const http::request& r, accepted_task t);

// Names the kinds there are.
refusal unknown_kind(const core& a, std::string_view kind);

}  // namespace streamdemo::gateway
