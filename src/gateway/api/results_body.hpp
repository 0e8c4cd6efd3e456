// The results of an ended task as one JSON body that is read from its history while it is sent, so that a slow reader
// holds nothing in memory and a large body no loop. Its size is known at once.
// {"request_id":…,"kind":…,"status":…,"results":[events],"ended":event}. One executor at a time.
#pragma once
#include <streamdemo/http/message.hpp>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

class results_body final : public http::body_source {
 public:
  // Of a task that has ended; the clock outlives it. Error: position_lost (some of the results are no longer kept).
  static base::result<std::unique_ptr<results_body>> make(history_ptr h, const base::clock& clock);

  std::uint64_t size() const override { return size_; }
  // Error: position_lost (dropped while it was sent).
  base::awaitable<base::result<std::string>> next(std::size_t max) override;

  // Everything at once; for small ones.
  bool is_small() const noexcept { return small_; }
  base::result<std::string> all();

 private:
  enum class part { head, results, tail, done };

  results_body(history_ptr h, const base::clock& clock);
  base::result<void> append(std::string& out, std::size_t max);
  base::result<void> append_results(std::string& out, std::size_t max);

  history_ptr history_;
  const base::clock& clock_;
  std::string head_;
  std::string tail_;
  std::int64_t begin_ = 0;  // results stand behind this seq
  std::int64_t cursor_ = 0;
  std::uint64_t size_ = 0;
  part part_ = part::head;
  bool small_ = false;
  bool first_ = true;
};

}  // namespace streamdemo::gateway
