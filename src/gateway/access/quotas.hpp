// How often each owner may submit: a bucket of tokens each, filled at a steady rate, so that a burst is fine and a
// flood is not. Of this gateway alone. Time is an argument; any thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace streamdemo::gateway {

class quotas {
 public:
  struct options {
    std::uint32_t per_second = 0;  // 0: no bound
    std::uint32_t burst = 0;       // at once, after a while without any
  };
  explicit quotas(options o) : options_(o) {}

  struct decision {
    bool allowed = true;
    bool bounded = false;             // else nothing below means anything
    std::uint32_t left = 0;           // how many more are allowed now
    std::chrono::seconds full_in{0};  // until all of the burst is there again
  };
  // Takes one, if there is one. Nobody's submissions have no bound.
  decision submission(std::string_view owner, base::steady_time now);

  const options& of() const noexcept { return options_; }
  std::size_t owners() const;

 private:
  struct bucket {
    double tokens;
    base::steady_time at;
  };
  void forget_full(base::steady_time now);
  double tokens_of(const bucket& b, base::steady_time now) const;

  const options options_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, bucket> buckets_;
  std::size_t tidy_at_ = 1000;
};

}  // namespace streamdemo::gateway
