// Turns a loop that no thread runs, on the thread of the test, until something has come to pass that other threads
// bring about.
#pragma once
#include <doctest/doctest.h>
#include <streamdemo/base/io_threads.hpp>

#include <chrono>

namespace streamdemo::gateway::testing {

template <class F>
void turn_until(base::io_threads& loops, F done) {
  auto& loop = asio::query(loops.executor(0), asio::execution::context);
  const auto by = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!done()) {
    REQUIRE(std::chrono::steady_clock::now() < by);
    loop.restart();
    loop.run_one_for(std::chrono::milliseconds(20));
  }
}

}  // namespace streamdemo::gateway::testing
