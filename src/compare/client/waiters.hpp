// Measures the memory that a waiting client costs the server. Blocks.
#pragma once
#include "compare/client/crowd.hpp"
#include "compare/measure/server_process.hpp"

namespace streamdemo::compare {

// Bytes per client. Starts a new server, which cannot reuse memory of an earlier measurement. Error: the server did not
// start, not every client got its first response, or canceled (SIGINT or SIGTERM).
base::result<double> server_bytes_per_waiter(const std::filesystem::path& program, const transport& how, int clients);

}  // namespace streamdemo::compare
