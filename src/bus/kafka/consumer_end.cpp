#include "bus/kafka/consumer_end.hpp"

namespace streamdemo::bus::kafka {

namespace {

using std::chrono::steady_clock;

std::vector<setting> member_defaults() {
  return {
      {"session.timeout.ms", "6000"},
      {"heartbeat.interval.ms", "2000"},
      {"auto.commit.interval.ms", "100"},
      // A partition that is new to a broker's fetch waits until the fetch before it is answered.
      {"fetch.wait.max.ms", "50"},
      {"fetch.message.max.bytes", "524288"},
      {"fetch.max.bytes", "8388608"},
      {"queued.min.messages", "2000"},
      {"queued.max.messages.kbytes", "1024"},
  };
}

std::vector<setting> fixed(const group_options& o) {
  auto all = housekeeping_settings();
  all.push_back({"group.id", o.group});
  all.push_back({"partition.assignment.strategy", "cooperative-sticky"});
  all.push_back({"auto.offset.reset", "earliest"});
  // The library commits what is stored, on its own thread, and before it gives a partition up.
  all.push_back({"enable.auto.commit", "true"});
  all.push_back({"enable.auto.offset.store", "false"});
  all.push_back({"enable.partition.eof", "false"});
  all.push_back({"isolation.level", "read_uncommitted"});
  return all;
}

}  // namespace

consumer_end::consumer_end(executor ex, context& c, group_options o)
    : puller(ex),
      context_(c),
      options_(std::move(o)),
      housekeeper_(c, c.name_client("group-member")),
      wakeup_(std::make_shared<wakeup>(ex)),
      mailbox_(std::make_shared<mailbox>(ex)) {}

void consumer_end::start() {
  auto conf = make_conf(context_.options, member_defaults(), fixed(options_));
  if (conf) rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_REBALANCE | housekeeping_events);
  auto made = conf ? make_client(RD_KAFKA_CONSUMER, std::move(*conf)) : result<rd_kafka_t*>(conf.error());
  if (!made) return fail(made.error());
  client_ = context_.own_member(*made, was_assigned_);
  rd_kafka_set_log_queue(client_.get(), nullptr);
  rd_kafka_poll_set_consumer(client_.get());
  events_.reset(rd_kafka_queue_get_consumer(client_.get()));
  wakeup_->watch(events_.get());
  wakeup_->start([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->turn();
  });
  wakeup_->ring();
  context_.handshakes().start([client = client_, topics = options_.topics, &c = context_] {
    partitions_ptr list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
    for (const auto& t : topics) rd_kafka_topic_partition_list_add(list.get(), t.c_str(), RD_KAFKA_PARTITION_UA);
    const auto e = rd_kafka_subscribe(client.get(), list.get());
    if (!is_good(e)) c.complain(fmt::format("joining a group: {}", rd_kafka_err2str(e)));
  });
}

void consumer_end::turn() {
  if (!serve(events_.get()) || !serve(leaving_.get())) wakeup_->ring();
  wake();
}

// False: some events are left.
bool consumer_end::serve(rd_kafka_queue_t* q) {
  for (int n = 0; n < events_per_turn; ++n) {
    const event_ptr e(q == nullptr ? nullptr : rd_kafka_queue_poll(q, 0));
    if (!e) return true;
    serve(e.get());
  }
  return false;
}

void consumer_end::serve(rd_kafka_event_t* e) {
  note_obstacle(e);
  if (housekeeper_.serve(e)) return;
  if (rd_kafka_event_type(e) == RD_KAFKA_EVENT_REBALANCE) {
    rebalance(e);
  } else if (rd_kafka_event_type(e) == RD_KAFKA_EVENT_ERROR) {
    fail({errc::internal, fmt::format("group '{}': {}", options_.group, rd_kafka_event_error_string(e))});
  }
}

// A right that is missing: the library tries on, and says so once.
void consumer_end::note_obstacle(rd_kafka_event_t* e) {
  if (rd_kafka_event_type(e) != RD_KAFKA_EVENT_ERROR) return;
  std::string right;
  if (rd_kafka_event_error(e) == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) {
    right = fmt::format("--operation Read --group {}", options_.group);
  } else if (rd_kafka_event_error(e) == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
    right = fmt::format("--operation Describe --operation Read --topic {}", fmt::join(options_.topics, " --topic "));
  } else {
    return;
  }
  obstacle_ =
      fmt::format("no requests come: this user lacks a right (kafka-acls.sh --add --allow-principal User:NAME {}): {}",
                  right, rd_kafka_event_error_string(e));
}

void consumer_end::rebalance(rd_kafka_event_t* e) {
  const auto what = rd_kafka_event_error(e);
  const auto* list = rd_kafka_event_topic_partition_list(e);
  const auto partitions = list == nullptr ? std::vector<partition_id>{} : ids_of(*list);
  context_.log.debug("group '{}': {} of {} partitions", options_.group, rd_kafka_err2name(what), partitions.size());
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    *was_assigned_ = true;
    obstacle_.reset();
    assign(partitions);
  } else {
    store();
    revoke(partitions);
  }
  answer(what, partitions);
}

void consumer_end::assign(const std::vector<partition_id>& gained) {
  if (closed_ || gained.empty()) return;
  for (const auto& id : gained) {
    owned_.erase(id);
    owned_.emplace(id, owned{++assignments_, partition_queue(client_.get(), id, *wakeup_), std::nullopt});
  }
  changes_.push_back(assigned{gained});
}

void consumer_end::revoke(const std::vector<partition_id>& lost) {
  revoked news;
  for (const auto& id : lost) {
    if (owned_.erase(id) == 0) continue;
    // An assignment that was never seen needs no end.
    bool seen = true;
    for (auto& c : changes_) {
      auto* a = std::get_if<assigned>(&c);
      if (a && std::erase(a->partitions, id) > 0) seen = false;
    }
    if (seen) news.partitions.push_back(id);
  }
  std::erase_if(changes_, [](const shared_item& c) {
    const auto* a = std::get_if<assigned>(&c);
    return a && a->partitions.empty();
  });
  if (!news.partitions.empty()) changes_.push_back(std::move(news));
}

void consumer_end::answer(rd_kafka_resp_err_t what, const std::vector<partition_id>& partitions) {
  context_.handshakes().start([client = client_, partitions, what, &c = context_] {
    const auto list = partition_list(partitions);
    const error_ptr e(what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
                          ? rd_kafka_incremental_assign(client.get(), list.get())
                          : rd_kafka_incremental_unassign(client.get(), list.get()));
    if (e) c.log.debug("answering a rebalance: {}", rd_kafka_error_string(e.get()));
  });
}

std::vector<shared_item> consumer_end::take(std::size_t max) {
  std::vector<shared_item> out;
  while (!changes_.empty() && out.size() < max) {
    out.push_back(std::move(changes_.front()));
    changes_.pop_front();
  }
  // Records never overtake the news of their partition.
  if (!changes_.empty() || owned_.empty()) return out;
  held_back_ = false;
  held_ = held_bytes();
  auto it = std::next(owned_.begin(), static_cast<std::ptrdiff_t>(++first_ % owned_.size()));
  for (std::size_t n = owned_.size(); n > 0 && out.size() < max; --n) {
    take_from(it->first, it->second, max, out);
    if (++it == owned_.end()) it = owned_.begin();
  }
  return out;
}

void consumer_end::take_from(const partition_id& id, owned& p, std::size_t max, std::vector<shared_item>& out) {
  while (out.size() < max && (!p.done || p.done->gap() < options_.max_gap)) {
    if (held_ > 0 && held_ >= options_.max_bytes) {
      held_back_ = true;
      return;
    }
    const auto e = p.queue.poll();
    if (!e) return;
    if (rd_kafka_event_type(e.get()) != RD_KAFKA_EVENT_FETCH) {
      serve(e.get());
      continue;
    }
    while (const auto* m = rd_kafka_event_message_next(e.get())) {
      if (!is_good(m->err)) {
        context_.complain(fmt::format("reading {}/{}: {}", id.topic, id.partition, rd_kafka_err2str(m->err)));
        continue;
      }
      obstacle_.reset();
      auto r = record_of(*m);
      const auto bytes = r->bytes();
      if (!p.done) p.done.emplace(m->offset);
      p.done->take(m->offset, bytes);
      held_ += bytes;
      out.emplace_back(delivery{std::move(r), p.assignment});
    }
  }
}

std::size_t consumer_end::held_bytes() const {
  std::size_t n = 0;
  for (const auto& [id, p] : owned_) n += p.done ? p.done->bytes() : 0;
  return n;
}

void consumer_end::complete(const delivery& d) {
  const auto it = owned_.find({d.record->topic, d.record->partition});
  if (it == owned_.end() || it->second.assignment != d.assignment || !it->second.done) return;
  auto& p = it->second;
  const bool was_full = p.done->gap() >= options_.max_gap;
  const bool moved = p.done->complete(d.record->offset);
  if (held_back_) wake();
  if (!moved) return;
  p.to_store = true;
  store_later();
  if (was_full) wake();
}

void consumer_end::store_later() {
  if (store_posted_) return;
  store_posted_ = true;
  asio::post(ex_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->store();
  });
}

void consumer_end::store() {
  store_posted_ = false;
  partitions_ptr list(rd_kafka_topic_partition_list_new(static_cast<int>(owned_.size())));
  for (auto& [id, p] : owned_) {
    if (!std::exchange(p.to_store, false)) continue;
    rd_kafka_topic_partition_list_add(list.get(), id.topic.c_str(), id.partition)->offset = p.done->value();
  }
  if (list->cnt > 0 && client_) rd_kafka_offsets_store(client_.get(), list.get());
}

void consumer_end::close() {
  if (closed_) return;
  closed_ = true;
  fail({errc::closed, "receive on a closed reader"});
}

void consumer_end::begin_leaving() {
  leaving_ = {rd_kafka_queue_new(client_.get()),
              [client = client_](rd_kafka_queue_t* q) { rd_kafka_queue_destroy(q); }};
  wakeup_->watch(leaving_.get());
  store();
  // Behind all answers that are still to be given. The rest comes as events.
  context_.handshakes().start([client = client_, queue = leaving_, box = mailbox_, weak = weak_from_this()] {
    const error_ptr e(rd_kafka_consumer_close_queue(client.get(), queue.get()));
    box->post([weak] {
      if (const auto self = weak.lock()) self->turn();
    });
  });
}

awaitable<drain_report> consumer_end::drain(std::shared_ptr<consumer_end> self, steady_time deadline) {
  self->close();
  if (!self->client_) co_return drain_report{};
  if (!self->leaving_) self->begin_leaving();
  bool in_time = true;
  while (in_time && rd_kafka_consumer_closed(self->client_.get()) == 0) {
    // The last step of the library may come without an event.
    const auto look_again = std::min(deadline, steady_clock::now() + std::chrono::milliseconds(20));
    co_await self->news_.wait_until(look_again);
    in_time = steady_clock::now() < deadline;
  }
  co_return drain_report{};
}

void consumer_end::abandon() {
  closed_ = true;
  mailbox_->shut();
  wakeup_->stop();
  owned_.clear();
  changes_.clear();
  for (auto* q : {events_.get(), leaving_.get()}) {
    if (q != nullptr) wakeup::forget(q);
  }
  leaving_.reset();
  events_.reset();
  client_.reset();
}

}  // namespace streamdemo::bus::kafka
