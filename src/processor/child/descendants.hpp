// Finds all descendants of a process by their parents in /proc. Used by the guard, which is their subreaper: the parent
// of an orphan becomes the guard itself, so none is missed.
#pragma once
#include <sys/types.h>

#include <vector>

namespace streamdemo::processor {

std::vector<pid_t> descendants_of(pid_t root);

}  // namespace streamdemo::processor
