// Reads requests again whose payloads were let go of. Partition by partition it reads from the first that is wanted to
// the last, and jumps over long stretches between them; where nothing is wanted, nothing is read. Its reader is made
// when something is wanted for the first time, and anew when it has failed. One executor.
#pragma once
#include <streamdemo/base/log.hpp>
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

  // All outlive it. It reads in `loops`, from the first request on. `pause`: before it looks again for a request that
  // was not there, which it does nine times, and before it makes its reader anew.
  payload_reader(base::executor ex, bus::bus& b, base::task_group& loops, const base::logger& log,
                 base::milliseconds pause = std::chrono::seconds(1))
      : executor_(ex), bus_(b), loops_(loops), log_(log), pause_(pause) {}

  // `request` names the record by topic, partition and offset. It is read after the next go().
  void want(const base::record& request, given g);
  // Begins to read what is wanted now.
  void go();

  void close();
  awaitable<void> drain(base::steady_time deadline);

 private:
  struct wish {
    std::vector<given> to;
    int misses = 0;  // how often the bus did not have it
  };
  using wishes = std::map<std::int64_t, wish>;  // by offset
  struct place {
    wishes wanted;
    wishes missed;           // looked for again after a pause
    std::int64_t next = -1;  // to be read; -1: the partition is not followed
    bool moved = false;      // since the last receive(): what that has brought is of before
    bool pauses = false;
  };

  awaitable<void> work();
  awaitable<void> read();
  awaitable<void> look_again(bus::partition_id at);
  bool make_reader();
  // nullptr: nothing that was received of this partition counts now.
  place* followed(const bus::partition_id& id);
  void take(const bus::read_item& item);
  void take(const base::record_ptr& r);
  void passed(const bus::caught_up& c);
  void lost(const bus::partition_id& at);
  static void take_first(place& p, std::vector<given>& out);
  void settle(const bus::partition_id& id, place& p);
  void move(const bus::partition_id& id, place& p);

  base::executor executor_;
  bus::bus& bus_;
  base::task_group& loops_;
  const base::logger& log_;
  const base::milliseconds pause_;
  std::unique_ptr<bus::reader> reader_;  // nullptr: there is none now
  std::map<bus::partition_id, place> places_;
  bool works_ = false;
  bool closed_ = false;
};

}  // namespace streamdemo::processor
