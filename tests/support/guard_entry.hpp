// Lets a test program act as the guard of its own child processes. Include it in one source of the program. It handles
// the guard's argument before doctest's main, as the product's main does.
#pragma once
#include <cstring>
#include <streamdemo/processor/guard.hpp>

namespace {

[[gnu::constructor]] void run_as_guard(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], streamdemo::processor::guard_argument) == 0) {
    streamdemo::processor::guard_main(argc, argv);
  }
}

}  // namespace
