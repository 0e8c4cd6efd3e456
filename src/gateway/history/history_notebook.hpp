// Keeps the store's notes true: whatever changes is noted in the same write as the events that changed it. After a
// break (a partition that is read anew, a disk that failed) the store counts as empty until everything is noted again.
// Loop 0, by the histories.
#pragma once
#include "gateway/history/history_disk.hpp"
#include "gateway/history/history_index.hpp"
#include "gateway/history/history_notes.hpp"
#include "gateway/history/partition_state.hpp"

namespace streamdemo::gateway {

class history_notebook {
 public:
  history_notebook(std::string shape, history_disk& disk, const history_index& index,
                   std::vector<partition_state>& partitions);

  // The task has changed, or its history was removed.
  void touched(const std::string& request_id);
  // After each record: writes together about so much.
  void applied(const base::record& r);
  // Writes what was touched, and the events with it.
  void write();

  // What the store has does not count from now on; write_all() ends that.
  void begin_anew();
  // Nothing while a partition is being read anew, or the disk does not work.
  void write_all();
  // The store's notes are those of all that is known.
  void is_whole() noexcept { whole_ = true; }

  // Every second.
  void sweep();

 private:
  void note_task(const task::task_state& t);
  void note_place(partition_state& p);
  void move_places();

  const std::string shape_;
  history_disk& disk_;
  const history_index& index_;
  std::vector<partition_state>& partitions_;
  std::vector<std::string> touched_;
  bool whole_ = false;  // the store will have all that was applied, once it has written what waits
  int sweeps_ = 0;
};

}  // namespace streamdemo::gateway
