// The partitions that a processor knows: each from its first assignment or request until none of either is left. Pure;
// used by decisions.
#pragma once
#include <map>
#include <memory>

#include "processor/decisions/actions.hpp"
#include "processor/decisions/decision_options.hpp"
#include "processor/decisions/partition_state.hpp"

namespace streamdemo::processor {

class partition_table {
 public:
  // Both outlive it. Actions are added to `out`, in order.
  partition_table(const decision_options& o, std::vector<action>& out) : options_(o), out_(out) {}

  // nullptr: it is not known.
  partition_state* find(std::int32_t number);
  partition_state& open(std::int32_t number);
  // The request of a task; nullptr: there is none.
  owned_request* request(std::int32_t partition, std::string_view task);
  // The request of `p` that has this run; nullptr if there is none, or `p` is nullptr.
  static owned_request* find_run(partition_state* p, const run_key& key);

  // If it has no assignment and no request left, stops reading it and forgets it.
  void close_if_idle(partition_state& p);
  // Calls `f` for each, and closes those that it leaves idle.
  template <class F>
  void for_each(F f) {
    for (auto at = all_.begin(); at != all_.end();) {
      auto& p = *(at++)->second;
      f(p);
      close_if_idle(p);
    }
  }

  template <class F>
  void for_each(F f) const {
    for (const auto& [number, p] : all_) f(*p);
  }

  // Asks for the ends that are not known yet, one question per partition at a time; `next_question` numbers them.
  void ask_for_ends(std::uint64_t& next_question);

  // Whether each that is owned was read up to the end that it had.
  bool all_read() const noexcept;

  // Memory for ended tasks, of all partitions.
  std::size_t remembered_bytes() const noexcept;
  void forget_ended_before(sys_time until);

 private:
  const decision_options& options_;
  std::vector<action>& out_;
  std::map<std::int32_t, std::unique_ptr<partition_state>> all_;
};

}  // namespace streamdemo::processor
