#include "bus/kafka/reader_end.hpp"

#include "bus/kafka/reader.hpp"

namespace streamdemo::bus::kafka {

namespace {

// Of a partition: the library fetches no more while so many wait to be taken.
constexpr std::size_t enough_records = 2000;
constexpr auto retry_pause = std::chrono::milliseconds(200);

std::vector<setting> reader_defaults() {
  return {
      // A partition that is new to a broker's fetch waits until the fetch before it is answered.
      {"fetch.wait.max.ms", "50"},
      {"fetch.message.max.bytes", "524288"},
      {"fetch.max.bytes", "8388608"},
      // The bytes are those of the values alone; what is around a small one takes a kilobyte.
      {"queued.min.messages", std::to_string(enough_records)},
      {"queued.max.messages.kbytes", "1024"},
  };
}

std::vector<setting> fixed() {
  auto all = housekeeping_settings();
  // The library wants a name to assign partitions by hand; no group of that name is joined.
  all.push_back({"group.id", "streamdemo-readers"});
  all.push_back({"auto.offset.reset", "error"});
  all.push_back({"enable.auto.commit", "false"});
  all.push_back({"enable.auto.offset.store", "false"});
  // The last offsets of a partition may be no records (markers of somebody's transactions).
  all.push_back({"enable.partition.eof", "true"});
  all.push_back({"isolation.level", "read_uncommitted"});
  return all;
}

}  // namespace

reader_end::reader_end(executor ex, context& c, std::shared_ptr<offset_desk> desk)
    : puller(ex),
      context_(c),
      housekeeper_(c, c.name_client("reader")),
      desk_(std::move(desk)),
      wakeup_(std::make_shared<wakeup>(ex)),
      mailbox_(std::make_shared<mailbox>(ex)),
      retry_timer_(ex),
      reminder_(ex) {}

void reader_end::start() {
  auto conf = make_conf(context_.options, reader_defaults(), fixed());
  if (conf) rd_kafka_conf_set_events(conf->get(), housekeeping_events);
  auto made = conf ? make_client(RD_KAFKA_CONSUMER, std::move(*conf)) : result<rd_kafka_t*>(conf.error());
  if (!made) return fail(made.error());
  client_ = context_.own(*made);
  rd_kafka_set_log_queue(client_.get(), nullptr);
  rd_kafka_poll_set_consumer(client_.get());
  events_.reset(rd_kafka_queue_get_consumer(client_.get()));
  wakeup_->watch(events_.get());
  wakeup_->start([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->turn();
  });
  wakeup_->ring();
}

void reader_end::turn() {
  int n = 0;
  for (; n < events_per_turn; ++n) {
    const event_ptr e(rd_kafka_queue_poll(events_.get(), 0));
    if (!e) break;
    if (housekeeper_.serve(e.get()) || rd_kafka_event_type(e.get()) != RD_KAFKA_EVENT_ERROR) continue;
    fail({errc::internal, fmt::format("reading: {}", rd_kafka_event_error_string(e.get()))});
  }
  if (n == events_per_turn) wakeup_->ring();
  wake();
}

void reader_end::follow(partition_id p, read_start from) {
  if (closed_ || !client_) return;
  unfollow(p);
  cursors_.emplace(p, cursor{++numbers_, from});
  ask_end(p);
}

void reader_end::unfollow(const partition_id& p) {
  std::erase_if(lost_, [&](const position_lost& l) { return l.partition == p; });
  const auto it = cursors_.find(p);
  if (it == cursors_.end()) return;
  if (it->second.queue) take_back(p, std::move(*it->second.queue));
  cursors_.erase(it);
}

reader_end::cursor* reader_end::current(const partition_id& p, std::uint64_t number) {
  const auto it = cursors_.find(p);
  return it == cursors_.end() || it->second.number != number ? nullptr : &it->second;
}

void reader_end::ask(const partition_id& p, std::int64_t timestamp, step then) {
  desk_->ask(
      p, timestamp,
      [box = mailbox_, weak = weak_from_this(), p, number = cursors_.at(p).number, then](result<std::int64_t> offset) {
        box->post([weak, p, number, then, offset = std::move(offset)] {
          if (const auto self = weak.lock()) self->answered(p, number, then, offset);
        });
      });
}

void reader_end::answered(const partition_id& p, std::uint64_t number, step then, result<std::int64_t> offset) {
  if (current(p, number) == nullptr) return;
  if (offset || offset.error().code == errc::not_found || offset.error().code == errc::invalid_argument) {
    return (this->*then)(p, std::move(offset));
  }
  context_.complain(fmt::format("{}, trying on", offset.error().message));
  retry_later(p);
}

void reader_end::ask_end(const partition_id& p) {
  ask(p, offset_desk::the_end, &reader_end::end_known);
}

// The end comes first: a record that is written between the two questions is then past the end, and not left out.
void reader_end::end_known(const partition_id& p, result<std::int64_t> end) {
  if (!end) return lose(p, end.error().message);
  auto& c = cursors_.at(p);
  c.end = *end;
  if (const auto* from = std::get_if<from_offset>(&c.from)) return start_known(p, from->offset);
  const auto at = std::chrono::ceil<std::chrono::milliseconds>(std::get<from_time>(c.from).at.time_since_epoch());
  ask(p, std::max<std::int64_t>(at.count(), 0), &reader_end::start_known);
}

void reader_end::start_known(const partition_id& p, result<std::int64_t> start) {
  if (!start) return lose(p, start.error().message);
  auto& c = cursors_.at(p);
  c.next = *start == offset_desk::the_end ? c.end : *start;
  if (c.next < 0 || (std::holds_alternative<from_offset>(c.from) && c.next > c.end)) {
    return lose(p, fmt::format("there is no offset {}, the log ends at {}", c.next, c.end));
  }
  c.placed = true;
  // Else it is given once the library has let go of it.
  if (!leaving_.contains(p)) give(p);
  wake();
}

void reader_end::give(const partition_id& p) {
  auto& c = cursors_.at(p);
  c.queue.emplace(client_.get(), p, *wakeup_);
  c.queue->empty();  // of what is left of an earlier position
  context_.handshakes().start(
      [client = client_, box = mailbox_, weak = weak_from_this(), p, next = c.next, number = c.number] {
        const auto list = partition_list({p}, next);
        const error_ptr e(rd_kafka_incremental_assign(client.get(), list.get()));
        if (!e) return;
        box->post([weak, p, number, why = std::string(rd_kafka_error_string(e.get()))] {
          if (const auto self = weak.lock()) self->refused(p, number, why);
        });
      });
}

void reader_end::refused(const partition_id& p, std::uint64_t number, const std::string& why) {
  if (current(p, number) != nullptr) lose(p, fmt::format("it cannot be read: {}", why));
}

void reader_end::take_back(const partition_id& p, partition_queue q) {
  auto& l = leaving_[p];
  ++l.times;
  l.queues.push_back(std::move(q));
  context_.handshakes().start([client = client_, box = mailbox_, weak = weak_from_this(), p] {
    const auto list = partition_list({p});
    const error_ptr ignored(rd_kafka_incremental_unassign(client.get(), list.get()));
    box->post([weak, p] {
      if (const auto self = weak.lock()) self->let_go(p);
    });
  });
}

void reader_end::let_go(const partition_id& p) {
  const auto it = leaving_.find(p);
  if (--it->second.times != 0) return;
  // What lies in the queue of a partition that was deleted holds on to it, and the client could never be destroyed.
  for (auto& q : it->second.queues) q.empty();
  leaving_.erase(it);
  const auto c = cursors_.find(p);
  if (c != cursors_.end() && c->second.placed && !c->second.queue) give(p);
}

void reader_end::retry_later(const partition_id& p) {
  const bool first = retries_.empty();
  retries_[p] = cursors_.at(p).number;
  if (!first) return;
  retry_timer_.expires_after(retry_pause);
  retry_timer_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
    const auto self = weak.lock();
    if (!ec && self) self->retry();
  });
}

void reader_end::retry() {
  for (const auto& [p, number] : std::exchange(retries_, {})) {
    if (current(p, number) != nullptr) ask_end(p);
  }
}

void reader_end::lose(const partition_id& p, std::string why) {
  unfollow(p);
  lost_.push_back({p, std::move(why)});
  wake();
}

std::vector<read_item> reader_end::take(std::size_t max) {
  std::vector<read_item> out;
  while (!lost_.empty() && out.size() < max) {
    out.emplace_back(std::move(lost_.front()));
    lost_.pop_front();
  }
  if (cursors_.empty()) return out;
  std::vector<std::pair<partition_id, std::string>> gone;
  auto it = std::next(cursors_.begin(), static_cast<std::ptrdiff_t>(++first_ % cursors_.size()));
  for (std::size_t n = cursors_.size(); n > 0 && out.size() < max; --n) {
    if (auto why = take_from(it->first, it->second, max, out)) gone.emplace_back(it->first, std::move(*why));
    if (++it == cursors_.end()) it = cursors_.begin();
  }
  for (auto& [p, why] : gone) lose(p, std::move(why));
  remind_in_time();
  while (!lost_.empty() && out.size() < max) {
    out.emplace_back(std::move(lost_.front()));
    lost_.pop_front();
  }
  return out;
}

std::optional<std::string> reader_end::take_from(const partition_id& id, cursor& c, std::size_t max,
                                                 std::vector<read_item>& out) {
  if (c.queue && c.queue->size() >= enough_records) c.more.was_full();
  while (c.placed && out.size() < max) {
    if (!c.caught_up && c.next >= c.end) {
      c.caught_up = true;
      out.emplace_back(caught_up{id, c.end});
      continue;
    }
    if (!c.queue) break;
    const auto e = c.queue->poll();
    if (!e) {
      if (log_has_more(id, c)) {
        c.more.missed(std::chrono::steady_clock::now());
      } else {
        c.more.served();
      }
      break;
    }
    c.more.served();
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

std::optional<std::string> reader_end::judge(const partition_id& id, cursor& c, rd_kafka_event_t* e) {
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
      context_.complain(fmt::format("reading {}/{}: {}", id.topic, id.partition, rd_kafka_err2str(code)));
      return std::nullopt;
  }
}

// As far as the last answer to a fetch said.
bool reader_end::log_has_more(const partition_id& id, const cursor& c) const {
  std::int64_t low = 0, high = 0;
  return is_good(rd_kafka_get_watermark_offsets(client_.get(), id.topic.c_str(), id.partition, &low, &high)) &&
         high > c.next;
}

void reader_end::remind_in_time() {
  if (reminder_set_) return;
  std::optional<steady_time> next;
  for (const auto& [p, c] : cursors_) {
    if (const auto due = c.more.due(); due && (!next || *due < *next)) next = due;
  }
  if (!next) return;
  reminder_set_ = true;
  reminder_.expires_at(*next);
  reminder_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
    const auto self = weak.lock();
    if (!ec && self) self->remind();
  });
}

// To seek where one is wakes the library's thread, asks no broker and changes nothing: what is fetched from then on
// begins there, and what was before is passed over.
void reader_end::remind() {
  reminder_set_ = false;
  const auto now = std::chrono::steady_clock::now();
  for (auto& [p, c] : cursors_) {
    const auto due = c.more.due();
    if (!due || *due > now) continue;
    if (!c.queue || c.queue->size() != 0) {
      c.more.served();
      continue;
    }
    c.more.reminded(now);
    const auto list = partition_list({p}, c.next);
    const error_ptr ignored(rd_kafka_seek_partitions(client_.get(), list.get(), 0));
  }
  remind_in_time();
}

void reader_end::close() {
  if (closed_) return;
  closed_ = true;
  fail({errc::closed, "receive on a closed reader"});
}

void reader_end::abandon() {
  closed_ = true;
  mailbox_->shut();
  wakeup_->stop();
  retry_timer_.cancel();
  reminder_.cancel();
  for (auto& [p, c] : cursors_) {
    if (c.queue) c.queue->empty();
  }
  for (auto& [p, l] : leaving_) {
    for (auto& q : l.queues) q.empty();
  }
  cursors_.clear();
  leaving_.clear();
  lost_.clear();
  if (events_) wakeup::forget(events_.get());
  events_.reset();
  client_.reset();
}

namespace {

class kafka_reader final : public reader {
 public:
  explicit kafka_reader(std::shared_ptr<reader_end> end) : end_(std::move(end)) { end_->start(); }
  ~kafka_reader() override { end_->abandon(); }

  void follow(partition_id p, read_start from) override { end_->follow(std::move(p), from); }
  void unfollow(const partition_id& p) override { end_->unfollow(p); }
  awaitable<result<std::vector<read_item>>> receive(std::size_t max) override { return reader_end::receive(end_, max); }
  void close() override { end_->close(); }
  awaitable<drain_report> drain(steady_time) override {
    end_->close();
    co_return drain_report{};
  }

 private:
  std::shared_ptr<reader_end> end_;
};

}  // namespace

std::unique_ptr<reader> make_reader(executor ex, context& c, std::shared_ptr<offset_desk> desk) {
  return std::make_unique<kafka_reader>(std::make_shared<reader_end>(ex, c, std::move(desk)));
}

}  // namespace streamdemo::bus::kafka
