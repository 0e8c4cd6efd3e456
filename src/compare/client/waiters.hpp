// What a client that waits costs the server in memory. Blocks.
#pragma once
#include "compare/client/crowd.hpp"
#include "compare/measure/server_process.hpp"

namespace streamdemo::compare {

// A server of its own is started, so that no memory that an earlier measurement left behind is used again. Error: the
// server did not start, not every client came in, or the wish to stop (canceled).
base::result<double> server_bytes_per_waiter(const std::filesystem::path& program, const transport& how, int clients);

}  // namespace streamdemo::compare
