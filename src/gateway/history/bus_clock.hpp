// How far the bus's clock is from this machine's, learned before anything is judged by it: where to begin reading,
// which task has expired, what was kept for long enough. A gateway whose clock is an hour ahead would otherwise end the
// tasks of all others at once.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/bus/bus.hpp>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

struct bus_clock_parts {
  bus::bus& bus;
  histories& all;
  base::executor loop0;
  const base::clock& clock;
  std::string topic;   // `response`
  std::string source;  // this instance
  base::milliseconds timeout{5000};
};

// Writes signs of life to `response`, reads them back, and shows their times to `all`, whose bus_now() is right from
// then on. On loop 0. Errors: those of publish; a repetition makes sense.
base::awaitable<base::result<void>> learn_bus_clock(bus_clock_parts p);

}  // namespace streamdemo::gateway
