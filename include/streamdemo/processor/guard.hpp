// The guard: a small process between this program and each child process. It ensures that no descendant of the child
// outlives the task, even if this program is killed. main calls guard_main when the first argument is "__guard".
#pragma once

namespace streamdemo::processor {

inline constexpr char guard_argument[] = "__guard";

// Arguments: argv[2] is the time between SIGTERM and SIGKILL in milliseconds, argv[3] the working directory (empty: the
// current one), argv[4] the limits; the command follows. Descriptor 4 is connected to the program that started the
// guard; its end of file means "kill everything now". Ends the process when no descendant is left, and never returns.
// Must be called before any thread is started.
int guard_main(int argc, char** argv);

}  // namespace streamdemo::processor
