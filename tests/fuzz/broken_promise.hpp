// How a fuzz target says what does not hold: the input that it was given is kept by libFuzzer.
#pragma once
#include <cstdio>
#include <cstdlib>

namespace streamdemo::test {

inline void promise(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace streamdemo::test
