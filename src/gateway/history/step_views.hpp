// What a step of the fold, and the state after it, look like to those who read histories. Pure.
#pragma once
#include <streamdemo/base/record.hpp>
#include <streamdemo/task/event.hpp>
#include <streamdemo/task/fold.hpp>
#include <streamdemo/task/message.hpp>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

// The event of a step that makes one. `m` and `r`: the message, and the record that it came in.
task::event_ptr event_of(const task::step& s, const task::message_view& m, const base::record& r);
// How far a step of progress says that the task is; -1: it says nothing, or is none.
double fraction_of(const task::step& s);

// A task that has just been accepted.
task_view accepted_view(const task::task_state& t);
// A task that has ended and of which only the fold knows.
task_view ended_view(const task::task_state& t, std::string_view kind);

}  // namespace streamdemo::gateway
