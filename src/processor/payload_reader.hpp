// Reads requests again whose payloads were let go of. Partition by partition it reads from the first that is wanted to
// the last, and jumps over long stretches between them; where nothing is wanted, nothing is read. One executor.
#pragma once
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/bus/bus.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace streamdemo::processor {

using base::awaitable;

class payload_reader {
 public:
  // Called with the record; nullptr: the bus no longer has it.
  using given = std::function<void(base::record_ptr)>;

  // `b` outlives it, and so does `loops`, which it reads in, from the first request on. `failed` is called with the
  // reason if nothing can be read any more.
  payload_reader(base::executor ex, bus::bus& b, base::task_group& loops, std::function<void(std::string)> failed)
      : executor_(ex), bus_(b), loops_(loops), failed_(std::move(failed)) {}

  // `request` names the record by topic, partition and offset. It is read after the next go().
  void want(const base::record& request, given g);
  // Begins to read what is wanted now.
  void go();

  void close();
  awaitable<void> drain(base::steady_time deadline);

 private:
  struct place {
    std::map<std::int64_t, std::vector<given>> wanted;  // by offset
    std::int64_t next = -1;                             // to be read; -1: the partition is not followed
    bool moved = false;                                 // since the last receive(): what that has brought is of before
    int losses = 0;                                     // how often none was where one was wanted, in a row
    bool rests = false;                                 // after such a loss
  };

  awaitable<void> read();
  awaitable<void> look_again(bus::partition_id at);
  void take(const bus::read_item& item);
  void lost(const bus::partition_id& at);
  void take(const base::record_ptr& r);
  static void take_out(place& p, std::vector<given>& out);  // the first that is wanted
  void settle(const bus::partition_id& id, place& p);
  void move(const bus::partition_id& id, place& p);

  base::executor executor_;
  bus::bus& bus_;
  base::task_group& loops_;
  std::function<void(std::string)> failed_;
  std::unique_ptr<bus::reader> reader_;  // nullptr: nothing was wanted yet
  std::map<bus::partition_id, place> places_;
};

}  // namespace streamdemo::processor
