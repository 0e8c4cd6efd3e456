// Tests the processor's decisions and the fold in thousands of simulations with faults. A failure prints its seed:
//   STREAMDEMO_SEED=4711 build/dev/bin/test_property     runs only that one
//   STREAMDEMO_SEEDS=100000 build/dev/bin/test_property  runs more simulations
//
// The test can fail: each of these faults was put into the code, one at a time. What 4000 simulations reported first:
//   fold: started takes over without compare and swap          a living run was taken over
//   fold: a hole in runseq is accepted                         succeeded without each result once
//   fold: a runseq seen before is accepted                     succeeded without each result once
//   fold: a verdict counts whatever the last run is            ended under a living run
//   fold: released runs count as failed                        failed after too few lost runs
//   fold: records after ended count                            an event after the end
//   run: judges itself before its started is read back         a living run was taken over
//   run: works on when it is no longer current                 works on though it is no longer current
//   run: a lost partition stops it                             a living run was taken over
//   run: is given one result too few to resume after           the wrong last result
//   slots: the last allowed run is not alone                   a neighbour killed its last run
//   slots: it is alone only until its handler returns          a neighbour killed its last run
//   slots: a kind's own bound is not looked at                 more runs of one kind at once than it has slots
//   alone: one that was set aside never comes again            acknowledged and never ended
//   request: judged before the end of response was read        an accepted task became a dead letter
//   request: completed when the handler returns                committed past a task that has not ended
//   request: older than what was read, nothing is read anew    an accepted task became a dead letter
//   request: the accepted that it names is not looked for      an accepted task became a dead letter
//   request: enough to begin, whoever owned the task before    another had begun before the request came
//   memory: an ended task that a request needs is forgotten    an accepted task became a dead letter
//   memory: forgotten early, and requests not looked up anew   an accepted task became a dead letter
//   runs: one fewer than max_runs allows                       an accepted task became a dead letter
//   verdict: before the dead letter is acknowledged            failed without a dead letter
//   silence: after one own sign of life instead of four        a living run was taken over
//   silence: records of other instances do not count           ended under a living run
//   alive: not sent while waiting for another's run            acknowledged and never ended
//   payload: a run begins though its payload is let go of      a request without its payload
//   payload: one that has begun may be let go of               a request without its payload
//   payload: the slot of a task that is over stays kept        acknowledged and never ended
//   payload: whoever waited for it is not started              acknowledged and never ended
// Found more rarely, once in 50000 simulations: a replacement begins before it is read back (results doubled).
// Not found here, because other rules prevent the harm in these simulations; unit tests cover them instead: a run
// becomes current twice; records of a released run count; irregular own signs of life count; an own run that is gone is
// not released; a replacement begins though another was faster; an end is asked for too early; only signs of life count
// as heard; a task counts as the one that a request names because one with its id was read; a request stays enough to
// begin when its `accepted` should have been read, or when its partition changes hands.
#include <doctest/doctest.h>

#include <cstdlib>

#include "property/simulation.hpp"

namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("no promise is broken in any small simulation of crashes, pauses, late and repeated records") {
  const auto one = number_from("STREAMDEMO_SEED", 0);
  const auto first = one != 0 ? one : 1;
  const auto last = one != 0 ? one : number_from("STREAMDEMO_SEEDS", 2000);
  int failures = 0;
  int replaced = 0;
  for (auto seed = first; seed <= last && failures < 5; ++seed) {
    property::simulation s(seed);
    const auto broken = s.run();
    replaced += s.replaced();
    if (broken.empty()) continue;
    ++failures;
    FAIL_CHECK("STREAMDEMO_SEED=" << seed << ": " << broken);
    if (one != 0) MESSAGE(s.story());
  }
  // The simulations have enough faults that runs are lost and taken over.
  if (one == 0) CHECK(replaced > 0);
}
