// The answer that holds all results of a task that has ended. Any thread.
#pragma once
#include <streamdemo/http/message.hpp>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

// 200, or 410 when some of them are no longer kept. A large body is read from the history while it is sent; for HEAD
// only its size is used.
http::response results_answer(const base::clock& clock, const history_ptr& h, http::verb v);

// The same if the last event is on disk.
bool ends_on_disk(const history& h);
base::awaitable<http::response> results_from_disk(const base::clock& clock, history_ptr h, http::verb v);

}  // namespace streamdemo::gateway
