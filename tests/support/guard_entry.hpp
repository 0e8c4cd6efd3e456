// Makes a test program its own guard for child processes: include it in one source of the program. It answers the
// guard's argument before doctest's main sees it, as the product's main does.
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
