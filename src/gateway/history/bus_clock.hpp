// Learns how far the bus's clock is from this machine's, before anything depends on it: where to begin reading, which
// tasks have expired, which histories are old enough to remove. Otherwise a gateway whose clock is an hour ahead would
// expire the tasks of all other gateways at once.
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

// Writes `alive` records to `response`, reads them back and passes their log times to `all`, whose bus_now() then goes
// by the log. On loop 0. Errors: those of publish, timed_out (not read back). Can be repeated after an error.
base::awaitable<base::result<void>> learn_bus_clock(bus_clock_parts p);

}  // namespace streamdemo::gateway
