// The in-process bus: the whole contract inside one process, in bounded memory. Nothing survives the process.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/bus/bus.hpp>

namespace streamdemo::bus {

// `clock` gives the log times and outlives the bus.
std::unique_ptr<bus> make_inprocess_bus(const base::clock& clock, const base::logger& log);

}  // namespace streamdemo::bus
