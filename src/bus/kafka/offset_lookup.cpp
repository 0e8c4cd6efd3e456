#include "bus/kafka/offset_lookup.hpp"

#include <thread>

namespace streamdemo::bus::kafka {

namespace {

constexpr int together_ms = 3000;
constexpr int alone_ms = 1000;
constexpr int leaders_ms = 1000;
constexpr int max_moves = 10;
constexpr auto move_pause = std::chrono::milliseconds(10);

error failure(const partition_id& p, rd_kafka_resp_err_t e) {
  auto why = error_of(e, fmt::format("asking for an offset of {}/{}", p.topic, p.partition));
  if (e == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) why.code = errc::not_found;
  return why;
}

}  // namespace

void offset_lookup::ask(partition_id p, std::int64_t timestamp, answer a) {
  const std::lock_guard lock(mutex_);
  const auto same = std::find_if(waiting_.begin(), waiting_.end(),
                                 [&](auto& q) { return q.partition == p && q.timestamp == timestamp; });
  if (same != waiting_.end()) {
    same->answers.push_back(std::move(a));
  } else {
    waiting_.push_back({std::move(p), timestamp, {}, 0});
    waiting_.back().answers.push_back(std::move(a));
  }
  if (serving_) return;
  serving_ = true;
  deps_.lookups().start([self = shared_from_this()] { self->serve(); });
}

void offset_lookup::serve() {
  for (;;) {
    auto batch = next();
    if (batch.empty()) return;
    look_up(batch, together_ms);
  }
}

// At most one question per partition, because a request can hold only one.
std::vector<offset_lookup::question> offset_lookup::next() {
  const std::lock_guard lock(mutex_);
  std::vector<question> batch;
  std::set<partition_id> in_it;
  for (auto q = waiting_.begin(); q != waiting_.end();) {
    if (in_it.insert(q->partition).second) {
      batch.push_back(std::move(*q));
      q = waiting_.erase(q);
    } else {
      ++q;
    }
  }
  serving_ = !batch.empty();
  return batch;
}

void offset_lookup::look_up(std::vector<question>& batch, int timeout_ms) {
  if (closed_) {
    const result<std::int64_t> none(error{errc::unavailable, "asking for an offset: the bus is closed"});
    for (auto& q : batch) {
      for (auto& a : q.answers) a(none);
    }
    return;
  }
  partitions_ptr list(rd_kafka_topic_partition_list_new(static_cast<int>(batch.size())));
  for (const auto& q : batch) {
    rd_kafka_topic_partition_list_add(list.get(), q.partition.topic.c_str(), q.partition.partition)->offset =
        q.timestamp;
  }
  const auto whole = rd_kafka_offsets_for_times(client_.get(), list.get(), timeout_ms);
  if (!is_good(whole) && batch.size() > 1) {
    // One broker that does not answer makes the whole call fail. Ask for each partition alone, so that those of other
    // brokers get their answers.
    for (auto& q : batch) {
      std::vector<question> one;
      one.push_back(std::move(q));
      look_up(one, alone_ms);
    }
    return;
  }
  std::set<std::string> moved;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& found = list->elems[i];
    const auto e = is_good(whole) ? found.err : whole;
    if (has_moved(batch[i], e)) {
      moved.insert(batch[i].partition.topic);
      ask_again(std::move(batch[i]));
      continue;
    }
    const auto outcome =
        is_good(e) ? result<std::int64_t>(found.offset) : result<std::int64_t>(failure(batch[i].partition, e));
    for (auto& a : batch[i].answers) a(outcome);
  }
  if (moved.empty()) return;
  std::this_thread::sleep_for(move_pause);
  for (const auto& topic : moved) find_leaders(topic);
}

bool offset_lookup::has_moved(question& q, rd_kafka_resp_err_t e) {
  const bool moved = e == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION || e == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
  return moved && ++q.tries <= max_moves;
}

void offset_lookup::ask_again(question q) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(q));
}

// Makes the library ask for the leaders again. After a topic was recreated, it would go on asking the former leader
// until its next metadata refresh, or longer.
void offset_lookup::find_leaders(const std::string& topic) {
  const topic_ptr t(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
  const rd_kafka_metadata_t* raw = nullptr;
  if (t && is_good(rd_kafka_metadata(client_.get(), 0, t.get(), &raw, leaders_ms))) metadata_ptr{raw};
}

}  // namespace streamdemo::bus::kafka
