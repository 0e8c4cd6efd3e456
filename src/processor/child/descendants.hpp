// All processes below one, by the parents that /proc names. Used by the guard, which is the subreaper of what it looks
// for: an orphan's parent is the guard itself.
#pragma once
#include <sys/types.h>

#include <vector>

namespace streamdemo::processor {

std::vector<pid_t> descendants_of(pid_t root);

}  // namespace streamdemo::processor
