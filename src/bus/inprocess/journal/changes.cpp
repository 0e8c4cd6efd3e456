#include "bus/inprocess/journal/changes.hpp"

#include <rocksdb/write_batch.h>

namespace streamdemo::bus::inprocess::journal {

changes::changes(std::size_t bytes) : batch_(std::make_unique<rocksdb::WriteBatch>(bytes)) {}
changes::~changes() = default;
changes::changes(changes&&) noexcept = default;
changes& changes::operator=(changes&&) noexcept = default;

void changes::append(topic_number t, std::int32_t partition, const base::record& r) {
  value_.clear();
  encode(r, value_);
  batch_->Put(record_key(t, partition, r.offset), value_);
}

void changes::set(topic_number t, std::int32_t partition, const partition_entry& e) {
  batch_->Put(partition_key(t, partition), encode(e));
}

void changes::set(const commit_place& p, const commit_entry& e) {
  batch_->Put(commit_key(p), encode(e));
}

void changes::forget(const commit_place& p) {
  batch_->Delete(commit_key(p));
}

void changes::remove(topic_number t, std::int32_t partition, std::int64_t from, std::int64_t to, how h) {
  if (from >= to) return;
  if (h == how::many) {
    batch_->DeleteRange(record_key(t, partition, from), record_key(t, partition, to));
    return;
  }
  for (auto offset = from; offset < to; ++offset) batch_->Delete(record_key(t, partition, offset));
}

bool changes::empty() const {
  return batch_->Count() == 0;
}

std::size_t changes::bytes() const {
  return batch_->GetDataSize();
}

}  // namespace streamdemo::bus::inprocess::journal
