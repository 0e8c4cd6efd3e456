#include "bus/kafka/consumer_impl.hpp"

namespace streamdemo::bus::kafka {

namespace {

using std::chrono::steady_clock;

std::vector<setting> member_defaults() {
  return {
      {"session.timeout.ms", "6000"},
      {"heartbeat.interval.ms", "2000"},
      {"auto.commit.interval.ms", "1000"},
  };
}

std::vector<setting> fixed(const group_options& o) {
  return {
      {"group.id", o.group},
      {"partition.assignment.strategy", "cooperative-sticky"},
      {"auto.offset.reset", "earliest"},
      // The library commits the stored offsets on its own thread, and always before it gives a partition up.
      {"enable.auto.commit", "true"},
      {"enable.partition.eof", "false"},
  };
}

partitions_ptr list_of_topics(const std::vector<std::string>& topics) {
  partitions_ptr list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
  for (const auto& t : topics) rd_kafka_topic_partition_list_add(list.get(), t.c_str(), RD_KAFKA_PARTITION_UA);
  return list;
}

}  // namespace

consumer_impl::consumer_impl(executor ex, dependencies& d, group_options o)
    : puller(ex), deps_(d), options_(std::move(o)), client_(ex, d, "group-member"), intake_(options_) {}

void consumer_impl::join() {
  auto started = client_.start({.defaults = member_defaults(),
                                .fixed = fixed(options_),
                                .events = RD_KAFKA_EVENT_REBALANCE,
                                .own = [this](rd_kafka_t* c) { return deps_.own_member(c, was_assigned_); },
                                .turn =
                                    [weak = weak_from_this()] {
                                      if (const auto self = weak.lock()) self->turn();
                                    }});
  if (!started) return fail(started.error());
  deps_.ordered_calls().start([client = client_.share(), topics = options_.topics, &d = deps_] {
    const auto list = list_of_topics(topics);
    const auto e = rd_kafka_subscribe(client.get(), list.get());
    if (!is_good(e)) d.warn(fmt::format("joining a group: {}", rd_kafka_err2str(e)));
  });
}

void consumer_impl::turn() {
  const auto serve_one = [this](rd_kafka_event_t* e) { serve(e); };
  client_.serve(serve_one);
  client_.serve(leaving_.get(), serve_one);
  wake();
}

void consumer_impl::serve(rd_kafka_event_t* e) {
  note_obstacle(e);
  if (client_.keep_house(e)) return;
  if (rd_kafka_event_type(e) == RD_KAFKA_EVENT_REBALANCE) {
    rebalance(e);
  } else if (rd_kafka_event_type(e) == RD_KAFKA_EVENT_ERROR) {
    fail({errc::internal, fmt::format("group '{}': {}", options_.group, rd_kafka_event_error_string(e))});
  }
}

// Remembers a missing access right: the library keeps trying, but reports the error only once.
void consumer_impl::note_obstacle(rd_kafka_event_t* e) {
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

void consumer_impl::rebalance(rd_kafka_event_t* e) {
  const auto what = rd_kafka_event_error(e);
  const auto* list = rd_kafka_event_topic_partition_list(e);
  const auto partitions = list == nullptr ? std::vector<partition_id>{} : ids_of(*list);
  deps_.log.debug("group '{}': {} of {} partitions", options_.group, rd_kafka_err2name(what), partitions.size());
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    *was_assigned_ = true;
    obstacle_.reset();
    assign(partitions);
  } else {
    // Store before the answer, because the library commits what is stored when it gives the partitions up.
    store();
    revoke(partitions);
  }
  answer(what, partitions);
}

void consumer_impl::assign(const std::vector<partition_id>& gained) {
  if (closed_ || gained.empty()) return;
  for (const auto& id : gained) {
    owned_.erase(id);
    owned_.emplace(id, owned{++assignments_, partition_queue(client_.handle(), id, client_.bell()), std::nullopt});
  }
  changes_.gain(gained);
}

void consumer_impl::revoke(const std::vector<partition_id>& lost) {
  std::vector<partition_id> were_owned;
  for (const auto& id : lost) {
    if (owned_.erase(id) > 0) were_owned.push_back(id);
  }
  changes_.lose(were_owned);
}

// Incremental, as cooperative-sticky requires. The calls wait for the client's thread, so they must not run on the
// loop.
void consumer_impl::answer(rd_kafka_resp_err_t what, const std::vector<partition_id>& partitions) {
  deps_.ordered_calls().start([client = client_.share(), partitions, what, &d = deps_] {
    const auto list = partition_list(partitions);
    const error_ptr e(what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
                          ? rd_kafka_incremental_assign(client.get(), list.get())
                          : rd_kafka_incremental_unassign(client.get(), list.get()));
    if (e) d.log.debug("answering a rebalance: {}", rd_kafka_error_string(e.get()));
  });
}

std::vector<shared_item> consumer_impl::take(std::size_t max) {
  std::vector<shared_item> out;
  if (!changes_.take(max, out)) return out;
  intake_.begin_round(held().bytes);
  turn_.visit(owned_, [&](auto& p) {
    take_from(p.first, p.second, max, out);
    return out.size() < max;
  });
  return out;
}

void consumer_impl::take_from(const partition_id& id, owned& p, std::size_t max, std::vector<shared_item>& out) {
  while (out.size() < max && (!p.done || intake_.has_room(*p.done)) && intake_.has_bytes()) {
    const auto e = p.queue.poll();
    if (!e) return;
    if (rd_kafka_event_type(e.get()) == RD_KAFKA_EVENT_FETCH) {
      take_records(id, p, e.get(), out);
    } else {
      serve(e.get());
    }
  }
}

void consumer_impl::take_records(const partition_id& id, owned& p, rd_kafka_event_t* e, std::vector<shared_item>& out) {
  while (const auto* m = rd_kafka_event_message_next(e)) {
    if (!is_good(m->err)) {
      deps_.warn(fmt::format("reading {}/{}: {}", id.topic, id.partition, rd_kafka_err2str(m->err)));
      continue;
    }
    obstacle_.reset();
    auto r = record_of(*m);
    if (!p.done) p.done.emplace(m->offset);
    intake_.take(*p.done, m->offset, r->bytes());
    out.emplace_back(delivery{std::move(r), p.assignment});
  }
}

holdings consumer_impl::held() const {
  holdings all;
  for (const auto& [id, p] : owned_) {
    if (p.done) add(all, *p.done);
  }
  return all;
}

consumer_impl::owned* consumer_impl::owned_at(const delivery& d) {
  const auto it = owned_.find({d.record->topic, d.record->partition});
  if (it == owned_.end() || it->second.assignment != d.assignment || !it->second.done) return nullptr;
  return &it->second;
}

void consumer_impl::complete(const delivery& d) {
  auto* p = owned_at(d);
  if (p == nullptr) return;
  const auto done = intake_.complete(*p->done, d.record->offset);
  if (done.moved) {
    p->to_store = true;
    store_later();
  }
  if (done.room) wake();
}

void consumer_impl::recount(const delivery& d, std::size_t bytes) {
  auto* p = owned_at(d);
  if (p != nullptr && intake_.recount(*p->done, d.record->offset, bytes)) wake();
}

void consumer_impl::store_later() {
  if (store_posted_) return;
  store_posted_ = true;
  asio::post(ex_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->store();
  });
}

void consumer_impl::store() {
  store_posted_ = false;
  partitions_ptr list(rd_kafka_topic_partition_list_new(static_cast<int>(owned_.size())));
  for (auto& [id, p] : owned_) {
    if (!std::exchange(p.to_store, false)) continue;
    rd_kafka_topic_partition_list_add(list.get(), id.topic.c_str(), id.partition)->offset = p.done->value();
  }
  if (list->cnt > 0 && client_.handle() != nullptr) rd_kafka_offsets_store(client_.handle(), list.get());
}

void consumer_impl::close() {
  closed_ = true;
  stop_taking();
}

void consumer_impl::begin_leaving() {
  const auto& client = client_.share();
  leaving_ = {rd_kafka_queue_new(client.get()), [client](rd_kafka_queue_t* q) { rd_kafka_queue_destroy(q); }};
  client_.bell().watch(leaving_.get());
  store();
  // In order after the pending answers to rebalances. The library reports the rest of the leaving as events.
  deps_.ordered_calls().start([client, queue = leaving_, guard = client_.guard(), weak = weak_from_this()] {
    const error_ptr e(rd_kafka_consumer_close_queue(client.get(), queue.get()));
    guard->post([weak] {
      if (const auto self = weak.lock()) self->turn();
    });
  });
}

awaitable<drain_report> consumer_impl::drain(std::shared_ptr<consumer_impl> self, steady_time deadline) {
  self->close();
  if (self->client_.handle() == nullptr) co_return drain_report{};
  if (!self->leaving_) self->begin_leaving();
  bool in_time = true;
  while (in_time && rd_kafka_consumer_closed(self->client_.handle()) == 0) {
    // The library sends no event for its last step, so check again every 20 ms.
    const auto look_again = std::min(deadline, steady_clock::now() + std::chrono::milliseconds(20));
    co_await self->news_.wait_until(look_again);
    in_time = steady_clock::now() < deadline;
  }
  co_return drain_report{};
}

void consumer_impl::abandon() {
  closed_ = true;
  owned_.clear();
  changes_.clear();
  if (leaving_) wakeup::forget(leaving_.get());
  leaving_.reset();
  client_.stop();
}

}  // namespace streamdemo::bus::kafka
