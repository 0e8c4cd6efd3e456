// The in-process reader: the part that the core knows, and make_reader, which wraps it.
#pragma once
#include "bus/inprocess/core.hpp"

namespace streamdemo::bus::inprocess {

class reader_end final : public puller<read_item> {
 public:
  reader_end(executor ex, std::shared_ptr<core> c) : puller(ex, c->mutex()), core_(std::move(c)) {}

  // Owner's executor.
  void follow(partition_id p, read_start from);
  void unfollow(const partition_id& p);
  void close();

 private:
  struct cursor {
    partition_id id;
    topic_state* source;
    std::int64_t position;   // next to be read; the hold on a topic that waits
    std::int64_t first_end;  // the end when it was followed
    bool caught_up = false;
  };
  using cursors = std::vector<std::unique_ptr<cursor>>;

  std::vector<read_item> take(std::size_t max) override;
  // False: the position is gone.
  bool take_from(cursor& c, std::size_t max, std::vector<read_item>& out);
  void lose(partition_id p, std::string why);
  void detach(cursor& c);
  void drop(const partition_id& p);

  std::shared_ptr<core> core_;
  // Guarded by the mutex:
  cursors cursors_;  // each at a fixed address: the topic holds its position
  std::vector<position_lost> lost_;
  std::size_t first_ = 0;  // of cursors_, where the next take begins: no partition waits for another
};

std::unique_ptr<reader> make_reader(executor ex, std::shared_ptr<core> c);

}  // namespace streamdemo::bus::inprocess
