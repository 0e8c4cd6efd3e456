// The single trials of `compare buses`, each on a deployment of its own. They block.
#pragma once
#include "compare/buses/bus_report.hpp"
#include "compare/buses/deployment.hpp"
#include "compare/progress.hpp"

namespace streamdemo::compare {

struct trial {
  const std::filesystem::path& program;
  std::string name;
  compare::plan plan;
};

// Errors of all: canceled (the wish to stop), unavailable (a process did not start), or what the clients met.
base::result<bus_row> price_of(const trial& t, progress& shown);
base::result<kill_row> kill_of(const trial& t, int tasks, progress& shown);

// What the processors do while the web server is asked.
enum class work {
  none,
  burn,      // tasks that compute on the processor's own loop
  flood,     // a task that emits results as fast as it can
  programs,  // twice as many programs that compute as there are cores, as child processes
};
base::result<latency_row> latency_of(const trial& t, work w, progress& shown);

}  // namespace streamdemo::compare
