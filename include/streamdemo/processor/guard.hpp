// The guard: a small process between this program and each child process, so that no descendant of a child outlives
// its task, whatever happens to this program. main calls guard_main when the first argument is "__guard".
#pragma once

namespace streamdemo::processor {

inline constexpr char guard_argument[] = "__guard";

// Runs `argv[2]` = milliseconds between SIGTERM and SIGKILL, `argv[3]` = working directory (empty: as it is) and
// `argv[4]` = limits, then the command. Descriptor 4 leads to the program that wants the child; its end of file means
// "kill everything now". Ends when no descendant is left. Must be called before any thread is started; never returns to
// the event loop.
int guard_main(int argc, char** argv);

}  // namespace streamdemo::processor
