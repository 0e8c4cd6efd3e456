// The in-process bus: the whole contract inside one process, in bounded memory. Nothing survives the process.
// A topic that waits holds its publishers for every reader that follows and every group that ever joined; where there
// is none, its oldest records make room. A topic that refuses is held by the groups alone, and drops nothing while
// there is none.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/bus/bus.hpp>

namespace streamdemo::bus {

// `clock` gives the log times and outlives the bus.
std::unique_ptr<bus> make_inprocess_bus(const base::clock& clock, const base::logger& log);

}  // namespace streamdemo::bus
