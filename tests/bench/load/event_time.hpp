// The `time` of events, compared with this machine's clock: for loads whose server runs on the same machine.
#pragma once
#include <string_view>
#include <vector>

namespace bench {

// Adds for each result in `bytes` the milliseconds between its `time` and now. Approximate on purpose: an event whose
// head is cut by a read is left out.
void note_delays(std::string_view bytes, std::vector<double>& delays);

}  // namespace bench
