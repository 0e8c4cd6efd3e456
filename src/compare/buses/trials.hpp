// The trials of `compare buses`, each on a new deployment. They block.
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

// Errors of all trials: canceled (SIGINT or SIGTERM), unavailable (a process did not start), or those of the clients.
base::result<bus_row> price_of(const trial& t, progress& shown);
// `running` tasks run when their worker is killed, and `waiting` more wait for a place. A single process is started
// again at once, in its directory and on its port, and the clients come back to it.
base::result<kill_row> kill_of(const trial& t, int running, int waiting, progress& shown);

// The load on the processors while the web server is measured.
enum class work {
  none,
  burn,      // tasks that compute on the processor's one thread for that
  flood,     // a task that emits results as fast as it can
  programs,  // twice as many programs that compute as there are cores, as child processes
};
base::result<latency_row> latency_of(const trial& t, work w, progress& shown);

}  // namespace streamdemo::compare
