// Tries the processor of another program, as a gateway would see it: gives it tasks of its kind, reads what it writes,
// and says in words what is wrong with that. Called by app.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/bus/bus.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::check {

struct options {
  std::string kind;
  std::string payload = "{}";
  std::optional<std::string> wrong_payload;  // of one more task, which must end as failed
  std::size_t tasks = 0;                     // with `payload`; 0: one for each partition
  base::milliseconds patience{60'000};       // a task that says nothing for so long is given up
  std::string request_topic;
  std::string response_topic;
  std::int32_t partitions = 1;  // of each topic
};

struct report {
  std::size_t tasks = 0;
  std::size_t ended = 0;
  std::size_t results = 0;
  // Sentences that end without a full stop. The first ones must be mended; the second ones are worth knowing.
  std::vector<std::string> wrong;
  std::vector<std::string> notes;
};

// Runs on `ex`. Takes until each task has ended or was given up; those are canceled then. `b` must have the topics.
// Errors: what prevents the writing or reading of records.
base::awaitable<base::result<report>> check_processor(bus::bus& b, const base::clock& clock, options o,
                                                      const base::logger& log, base::executor ex);

}  // namespace streamdemo::check
