// The partitions that a processor knows: each from the first that it owns there until neither an assignment nor a
// request is left. Pure; used by decisions.
#pragma once
#include <map>
#include <memory>

#include "processor/decisions/actions.hpp"
#include "processor/decisions/decision_options.hpp"
#include "processor/decisions/partition_state.hpp"

namespace streamdemo::processor {

class partition_table {
 public:
  // Both outlive it; `out` takes the actions, in order.
  partition_table(const decision_options& o, std::vector<action>& out) : options_(o), out_(out) {}

  // Null: it is not known.
  partition_state* find(std::int32_t number);
  partition_state& open(std::int32_t number);
  // The request of a run, in `p`; null when either is known no more.
  static owned_request* find_run(partition_state* p, const run_key& key);

  // Forgets it, and reads it no more, when there is nothing left to do in it.
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

  // Asks for the ends that are not known yet, one question a partition; `next_question` numbers them.
  void ask_for_ends(std::uint64_t& next_question);

  // For tasks that have ended.
  std::size_t remembered_bytes() const noexcept;
  void forget_ended_before(sys_time until);

 private:
  const decision_options& options_;
  std::vector<action>& out_;
  std::map<std::int32_t, std::unique_ptr<partition_state>> all_;
};

}  // namespace streamdemo::processor
