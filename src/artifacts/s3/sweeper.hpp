// Removes from the bucket what nobody needs any more: outputs that are old or too many, and uploads in parts that
// nobody finishes. Coroutines of any executor. What it remembers of the bucket has a bound, however many objects there
// are.
#pragma once
#include "artifacts/budget.hpp"
#include "artifacts/s3/client.hpp"
#include "artifacts/s3/first_sight.hpp"
#include "artifacts/store_metrics.hpp"
#include "artifacts/sweep_plan.hpp"

namespace streamdemo::artifacts::s3 {

struct sweeper_options {
  std::string prefix;  // of all objects of the store
  base::milliseconds keep_for{0};
  std::uint64_t max_bytes = 0;  // for the log
  base::milliseconds abort_after{0};
  std::size_t most_remembered = 0;  // outputs, and as many unfinished uploads
};

class sweeper {
 public:
  // All references outlive it.
  sweeper(sweeper_options o, client& c, budget& b, store_metrics& counts, base::metrics& metrics,
          const base::clock& clock, const base::logger& log);

  // Several may be under way.
  awaitable<void> outputs(std::uint64_t max_bytes);
  // One at a time.
  awaitable<void> uploads();

 private:
  awaitable<result<oldest_files>> look() const;
  awaitable<std::size_t> remove(const std::vector<stored_file>& files, base::counter& count);

  const sweeper_options options_;
  client& client_;
  budget& budget_;
  store_metrics& counts_;
  base::gauge& open_uploads_;
  const base::clock& clock_;
  const base::logger& log_;
  first_sight<base::steady_time> unfinished_;  // by upload id
  bool told_unsupported_ = false;
};

}  // namespace streamdemo::artifacts::s3
