// The payloads of requests that wait: which of them are here (payloads), and the actions that let go of them and have
// them read again. Each one's state is kept in its request. Pure; used by decisions.
#pragma once
#include "processor/decisions/actions.hpp"
#include "processor/decisions/decision_options.hpp"
#include "processor/decisions/partition_table.hpp"
#include "processor/decisions/payloads.hpp"

namespace streamdemo::processor {

class waiting_payloads {
 public:
  // All outlive it. Actions are added to `out`, in order.
  waiting_payloads(const decision_options& o, std::vector<action>& out, partition_table& partitions)
      : options_(o), out_(out), partitions_(partitions), held_(o.max_payload_bytes) {}

  // The task waits: its payload, if it is here, may be let go of.
  void count(const partition_state& p, owned_request& r);
  // It waits no longer, or its turn has come.
  void count_no_longer(owned_request& r);
  // Another record asks for the same task, or the same one under another assignment: one payload serves all.
  void comes_again(owned_request& r, bus::delivery& d);

  // Lets go of what is too much, and, if any task may still start, asks for what there is room for.
  void balance(bool may_read);
  // Asks for a payload that is not here, unless that was done.
  void ask(const partition_state& p, owned_request& r);
  // The answer: the request, or nullptr if it is no longer on the bus. False: nobody waits for it any more.
  bool answered(const read_payload& asked, owned_request& r, base::record_ptr whole);

  // Requests whose payload is only on the bus.
  std::size_t let_go() const noexcept { return held_.let_go(); }

 private:
  owned_request& at(const start_line::place& where);
  void recount_first(const owned_request& r);

  const decision_options& options_;
  std::vector<action>& out_;
  partition_table& partitions_;
  payloads held_;
};

}  // namespace streamdemo::processor
