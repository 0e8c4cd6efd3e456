#include "bus/kafka/reader_impl.hpp"

namespace streamdemo::bus::kafka {

namespace {

constexpr auto retry_pause = std::chrono::milliseconds(200);

std::vector<setting> fixed() {
  return {
      // librdkafka requires a group.id even for manual assignment. The reader does not join that group.
      {"group.id", "streamdemo-readers"},
      {"auto.offset.reset", "error"},
      {"enable.auto.commit", "false"},
      // The last offsets of a partition may hold no records, only the markers of transactions. The end-of-partition
      // event is then the only sign that the reader has passed them.
      {"enable.partition.eof", "true"},
  };
}

// A broker answers once it has so many bytes, or after the patience. It counts no more bytes of a partition than it
// would send at once (fetch.message.max.bytes), so with a higher number it would wait although there is much to read.
std::vector<setting> defaults(const reader_options& o) {
  if (o.patience <= o.patience.zero()) return {};
  return {{"fetch.min.bytes", "262144"}, {"fetch.wait.max.ms", std::to_string(o.patience.count())}};
}

}  // namespace

reader_impl::reader_impl(executor ex, dependencies& d, std::shared_ptr<offset_lookup> lookup, reader_options o)
    : puller(ex),
      options_(o),
      deps_(d),
      client_(ex, d, "reader"),
      lookup_(std::move(lookup)),
      retry_timer_(ex),
      nudge_timer_(ex) {}

void reader_impl::start() {
  auto started = client_.start({.defaults = defaults(options_),
                                .fixed = fixed(),
                                .own = [this](rd_kafka_t* c) { return deps_.own(c); },
                                .turn =
                                    [weak = weak_from_this()] {
                                      if (const auto self = weak.lock()) self->turn();
                                    }});
  if (!started) fail(started.error());
}

void reader_impl::turn() {
  client_.serve([this](rd_kafka_event_t* e) {
    if (client_.keep_house(e) || rd_kafka_event_type(e) != RD_KAFKA_EVENT_ERROR) return;
    fail({errc::internal, fmt::format("reading: {}", rd_kafka_event_error_string(e))});
  });
  wake();
}

void reader_impl::follow(partition_id p, read_start from) {
  if (closed_ || client_.handle() == nullptr) return;
  unfollow(p);
  cursors_.emplace(p, cursor{++numbers_, from});
  ask_end(p);
}

void reader_impl::unfollow(const partition_id& p) {
  std::erase_if(lost_, [&](const position_lost& l) { return l.partition == p; });
  const auto it = cursors_.find(p);
  if (it == cursors_.end()) return;
  if (it->second.queue) take_back(p, std::move(*it->second.queue));
  cursors_.erase(it);
}

reader_impl::cursor* reader_impl::current(const partition_id& p, std::uint64_t number) {
  const auto it = cursors_.find(p);
  return it == cursors_.end() || it->second.number != number ? nullptr : &it->second;
}

void reader_impl::ask(const partition_id& p, std::int64_t timestamp, step then) {
  lookup_->ask(p, timestamp,
               [guard = client_.guard(), weak = weak_from_this(), p, number = cursors_.at(p).number,
                then](result<std::int64_t> offset) {
                 guard->post([weak, p, number, then, offset = std::move(offset)] {
                   if (const auto self = weak.lock()) self->answered(p, number, then, offset);
                 });
               });
}

void reader_impl::answered(const partition_id& p, std::uint64_t number, step then, result<std::int64_t> offset) {
  if (current(p, number) == nullptr) return;
  if (offset || offset.error().code == errc::not_found || offset.error().code == errc::invalid_argument) {
    return (this->*then)(p, std::move(offset));
  }
  deps_.warn(fmt::format("{}; trying again", offset.error().message));
  retry_later(p);
}

void reader_impl::ask_end(const partition_id& p) {
  ask(p, offset_lookup::the_end, &reader_impl::end_known);
}

// Asks for the end before the start: a record that is written in between is then past that end, and is not skipped.
void reader_impl::end_known(const partition_id& p, result<std::int64_t> end) {
  if (!end) return lose(p, end.error().message);
  auto& c = cursors_.at(p);
  c.end = *end;
  if (const auto* from = std::get_if<from_offset>(&c.from)) return start_known(p, from->offset);
  const auto at = std::chrono::ceil<std::chrono::milliseconds>(std::get<from_time>(c.from).at.time_since_epoch());
  ask(p, std::max<std::int64_t>(at.count(), 0), &reader_impl::start_known);
}

void reader_impl::start_known(const partition_id& p, result<std::int64_t> start) {
  if (!start) return lose(p, start.error().message);
  auto& c = cursors_.at(p);
  c.next = *start == offset_lookup::the_end ? c.end : *start;
  if (c.next < 0 || (std::holds_alternative<from_offset>(c.from) && c.next > c.end)) {
    return lose(p, fmt::format("there is no offset {}, the log ends at {}", c.next, c.end));
  }
  c.placed = true;
  // If the library still holds the partition from before, it is given once the library has released it.
  if (!leaving_.contains(p)) give(p);
  wake();
}

void reader_impl::give(const partition_id& p) {
  auto& c = cursors_.at(p);
  // A client that is connected asks where the partitions of a topic are as soon as the topic is opened. It would come
  // to one that is only assigned when it looks around the next time, which it does once a second.
  const topic_ptr opened(rd_kafka_topic_new(client_.handle(), p.topic.c_str(), nullptr));
  c.queue.emplace(client_.handle(), p, client_.bell());
  c.queue->empty();  // drops records of a former position
  deps_.ordered_calls().start([client = client_.share(), guard = client_.guard(), weak = weak_from_this(), p,
                               next = c.next, number = c.number] {
    const auto list = partition_list({p}, next);
    const error_ptr e(rd_kafka_incremental_assign(client.get(), list.get()));
    if (!e) return;
    guard->post([weak, p, number, why = std::string(rd_kafka_error_string(e.get()))] {
      if (const auto self = weak.lock()) self->refused(p, number, why);
    });
  });
}

void reader_impl::refused(const partition_id& p, std::uint64_t number, const std::string& why) {
  if (current(p, number) != nullptr) lose(p, fmt::format("it cannot be read: {}", why));
}

void reader_impl::take_back(const partition_id& p, partition_queue q) {
  auto& l = leaving_[p];
  ++l.times;
  l.queues.push_back(std::move(q));
  deps_.ordered_calls().start([client = client_.share(), guard = client_.guard(), weak = weak_from_this(), p] {
    const auto list = partition_list({p});
    const error_ptr ignored(rd_kafka_incremental_unassign(client.get(), list.get()));
    guard->post([weak, p] {
      if (const auto self = weak.lock()) self->let_go(p);
    });
  });
}

void reader_impl::let_go(const partition_id& p) {
  const auto it = leaving_.find(p);
  if (--it->second.times != 0) return;
  // Records in the queue of a deleted partition keep a reference to it, and the client could never be destroyed.
  for (auto& q : it->second.queues) q.empty();
  leaving_.erase(it);
  const auto c = cursors_.find(p);
  if (c != cursors_.end() && c->second.placed && !c->second.queue) give(p);
}

void reader_impl::retry_later(const partition_id& p) {
  const bool first = retries_.empty();
  retries_[p] = cursors_.at(p).number;
  if (!first) return;
  retry_timer_.expires_after(retry_pause);
  retry_timer_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
    const auto self = weak.lock();
    if (!ec && self) self->retry();
  });
}

void reader_impl::retry() {
  for (const auto& [p, number] : std::exchange(retries_, {})) {
    if (current(p, number) != nullptr) ask_end(p);
  }
}

void reader_impl::lose(const partition_id& p, std::string why) {
  unfollow(p);
  lost_.push_back({p, std::move(why)});
  wake();
}

void reader_impl::take_lost(std::size_t max, std::vector<read_item>& out) {
  while (!lost_.empty() && out.size() < max) {
    out.emplace_back(std::move(lost_.front()));
    lost_.pop_front();
  }
}

std::vector<read_item> reader_impl::take(std::size_t max) {
  std::vector<read_item> out;
  take_lost(max, out);
  std::vector<std::pair<partition_id, std::string>> gone;
  turn_.visit(cursors_, [&](auto& c) {
    if (out.size() >= max) return false;
    if (auto why = take_from(c.first, c.second, max, out)) gone.emplace_back(c.first, std::move(*why));
    return true;
  });
  for (auto& [p, why] : gone) lose(p, std::move(why));
  set_nudge_timer();
  take_lost(max, out);
  return out;
}

std::optional<std::string> reader_impl::take_from(const partition_id& id, cursor& c, std::size_t max,
                                                  std::vector<read_item>& out) {
  if (c.queue && c.queue->size() >= enough_records) c.nudge.was_full();
  while (c.placed && out.size() < max) {
    if (!c.caught_up && c.next >= c.end) {
      c.caught_up = true;
      out.emplace_back(caught_up{id, c.end});
      continue;
    }
    if (!c.queue) break;
    const auto e = c.queue->poll();
    if (!e && log_has_more(id, c)) {
      c.nudge.missed(std::chrono::steady_clock::now());
      break;
    }
    c.nudge.served();
    if (!e) break;
    if (rd_kafka_event_type(e.get()) != RD_KAFKA_EVENT_FETCH) {
      if (auto why = judge(id, c, e.get())) return why;
      continue;
    }
    while (const auto* m = rd_kafka_event_message_next(e.get())) {
      c.next = m->offset + 1;
      out.emplace_back(record_of(*m));
    }
  }
  return std::nullopt;
}

std::optional<std::string> reader_impl::judge(const partition_id& id, cursor& c, rd_kafka_event_t* e) {
  switch (const auto code = rd_kafka_event_error(e)) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF: {
      const partition_ptr at(rd_kafka_event_topic_partition(e));
      if (at) c.next = std::max(c.next, at->offset);
      return std::nullopt;
    }
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return fmt::format("offset {}: {}", c.next, rd_kafka_event_error_string(e));
    default:
      deps_.warn(fmt::format("reading {}/{}: {}", id.topic, id.partition, rd_kafka_err2str(code)));
      return std::nullopt;
  }
}

// According to the last answer to a fetch.
bool reader_impl::log_has_more(const partition_id& id, const cursor& c) const {
  std::int64_t low = 0, high = 0;
  return is_good(rd_kafka_get_watermark_offsets(client_.handle(), id.topic.c_str(), id.partition, &low, &high)) &&
         high > c.next;
}

void reader_impl::set_nudge_timer() {
  if (nudge_timer_set_) return;
  std::optional<steady_time> next;
  for (const auto& [p, c] : cursors_) {
    if (const auto due = c.nudge.due(); due && (!next || *due < *next)) next = due;
  }
  if (!next) return;
  nudge_timer_set_ = true;
  nudge_timer_.expires_at(*next);
  nudge_timer_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
    const auto self = weak.lock();
    if (!ec && self) self->nudge();
  });
}

// Seeks to the current position. That wakes the library's thread without a request to a broker; the next fetch starts
// at the same offset, and the answer to a fetch in progress is discarded.
void reader_impl::nudge() {
  nudge_timer_set_ = false;
  const auto now = std::chrono::steady_clock::now();
  for (auto& [p, c] : cursors_) {
    const auto due = c.nudge.due();
    if (!due || *due > now) continue;
    if (!c.queue || c.queue->size() != 0) {
      c.nudge.served();
      continue;
    }
    c.nudge.nudged(now);
    const auto list = partition_list({p}, c.next);
    const error_ptr ignored(rd_kafka_seek_partitions(client_.handle(), list.get(), 0));
  }
  set_nudge_timer();
}

void reader_impl::close() {
  closed_ = true;
  stop_taking();
}

void reader_impl::abandon() {
  closed_ = true;
  retry_timer_.cancel();
  nudge_timer_.cancel();
  // Records in the queue of a deleted partition keep a reference to it, and the client could never be destroyed.
  for (auto& [p, c] : cursors_) {
    if (c.queue) c.queue->empty();
  }
  for (auto& [p, l] : leaving_) {
    for (auto& q : l.queues) q.empty();
  }
  cursors_.clear();
  leaving_.clear();
  lost_.clear();
  client_.stop();
}

}  // namespace streamdemo::bus::kafka
