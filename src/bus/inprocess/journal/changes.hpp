// What one write to the journal's store changes: all of it or nothing. In memory until the store writes it.
#pragma once
#include <memory>

#include "bus/inprocess/journal/layout.hpp"

namespace rocksdb {
class WriteBatch;
}

namespace streamdemo::bus::inprocess::journal {

class changes {
 public:
  // `bytes`: about how much it will be, so that its memory need not double as it grows.
  explicit changes(std::size_t bytes = 0);
  ~changes();
  changes(changes&&) noexcept;
  changes& operator=(changes&&) noexcept;

  // `r` has its offset and log time.
  void append(topic_number t, std::int32_t partition, const base::record& r);
  void set(topic_number t, std::int32_t partition, const partition_entry& e);
  void set(const commit_place& p, const commit_entry& e);
  void forget(const commit_place& p);
  // Removes the records [from, to). `few`: one by one, because marks for whole ranges make reading slower.
  enum class how { few, many };
  void remove(topic_number t, std::int32_t partition, std::int64_t from, std::int64_t to, how h);

  bool empty() const;
  std::size_t bytes() const;

 private:
  friend class store;
  std::unique_ptr<rocksdb::WriteBatch> batch_;
  std::string value_;  // reused for each record
};

}  // namespace streamdemo::bus::inprocess::journal
