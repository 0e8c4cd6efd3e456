// The in-process bus: the whole contract inside one process, in bounded memory. Nothing survives the process.
// when_full::wait: publishers wait for every following reader and every group that ever joined; if there is none, the
// oldest records are dropped. when_full::refuse: only groups count, and nothing is dropped while there is none.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/bus/bus.hpp>

namespace streamdemo::bus {

// `clock` gives the log times and must outlive the bus.
std::unique_ptr<bus> make_inprocess_bus(const base::clock& clock, const base::logger& log);

}  // namespace streamdemo::bus
