#include "bus/kafka/client_producer.hpp"

#include <algorithm>

namespace streamdemo::bus::kafka {

namespace {

using std::chrono::steady_clock;

constexpr auto mend_pause = std::chrono::milliseconds(500);
// At most so many records with a deadline wait for a new client or for room in its queue; further ones are refused.
constexpr std::size_t max_waiting = 10'000;

// With fewer publishes open on average, records leave at once. A client that waits for its result has two or three
// open, one after the other. Each request costs brokers and program more than the records in it, so with more clients
// waiting a little makes tasks quicker, too (docs/performance.md).
constexpr double few = 4;

bool says_too_large(rd_kafka_resp_err_t e) {
  return e == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || e == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE;
}

// A lower bound of the record's size on the wire.
std::size_t content_bytes(const record& r) {
  auto n = r.key.size() + r.value.size();
  for (const auto h : r.headers) n += h.name.size() + h.value.size();
  return n;
}

bool says_missing(rd_kafka_resp_err_t e) {
  return e == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || e == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         e == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

rd_kafka_headers_t* headers_of(const record& r) {
  if (r.headers.empty()) return nullptr;
  auto* headers = rd_kafka_headers_new(r.headers.size());
  for (const auto h : r.headers) {
    rd_kafka_header_add(headers, h.name.data(), static_cast<ssize_t>(h.name.size()), h.value.data(),
                        static_cast<ssize_t>(h.value.size()));
  }
  return headers;
}

}  // namespace

client_producer::client_producer(dependencies& d, wakeup& w, std::optional<base::milliseconds> timeout,
                                 std::vector<completion>& out, base::milliseconds linger)
    : deps_(d),
      wakeup_(w),
      timeout_(timeout),
      linger_(linger),
      name_(d.name_client(timeout ? "producer" : "patient-producer")),
      out_(out),
      housekeeper_(d, name_),
      batch_bytes_(std::min(batch_bytes(d.options), d.max_batch_bytes())) {
  connect();
}

void client_producer::abandon() {
  disconnect();
  gathered_.clear();
  waiting_.clear();
  failed_.clear();
  deadlines_.clear();
  open_ = 0;
}

void client_producer::connect() {
  auto conf = make_conf(deps_.options, producer_defaults(deps_.options, deps_.round_trip(), linger_),
                        producer_fixed(deps_.options, timeout_, batch_bytes_));
  if (conf) rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_DR | housekeeping_events);
  auto made = conf ? make_client(RD_KAFKA_PRODUCER, std::move(*conf)) : result<rd_kafka_t*>(conf.error());
  if (!made) {
    // The settings were tested when the bus was made, so this is a temporary shortage, such as of threads.
    deps_.warn(fmt::format("{}; trying again", made.error().message));
    broken_ = true;
    mend_at_ = steady_clock::now() + mend_pause;
    return;
  }
  broken_ = false;
  batch_refused_ = false;
  client_ = *made;
  if (!user_sets_linger(deps_.options)) skipper_.emplace(client_, linger_);
  rd_kafka_set_log_queue(client_, nullptr);
  queue_.reset(rd_kafka_queue_get_main(client_));
  wakeup_.watch(queue_.get());
  wakeup_.ring();
  for (const auto& [name, partitions] : deps_.topics()) topic(name);
}

void client_producer::disconnect() {
  if (client_ == nullptr) return;
  skipper_.reset();
  wakeup::forget(queue_.get());
  queue_.reset();
  topics_.clear();
  // The library may read the bytes until the client is destroyed, so they go with it. The callbacks are dropped now.
  auto bytes = std::make_shared<entries>();
  bytes->splice(bytes->end(), given_);
  for (auto& e : *bytes) e.done = nullptr;
  deps_.retire(std::exchange(client_, nullptr), std::move(bytes));
}

rd_kafka_topic_t* client_producer::topic(const std::string& name) {
  auto& t = topics_[name];
  if (!t) t.reset(rd_kafka_topic_new(client_, name.c_str(), nullptr));
  return t.get();
}

void client_producer::publish(record r, std::optional<steady_time> deadline, producer::done d) {
  auto& e = gathered_.emplace_back(entry{std::move(r), std::move(d), ++numbers_, deadlines_.end()});
  e.self = std::prev(gathered_.end());
  ++open_;
  if (deadline) e.deadline = deadlines_.emplace(*deadline, &e);
}

void client_producer::flush() {
  if (gathered_.empty()) return;
  while (!gathered_.empty()) {
    entries one;
    one.splice(one.end(), gathered_, gathered_.begin());
    give_or_refuse(one);
  }
  skip_linger_if_few_are_open();
}

void client_producer::skip_linger_if_few_are_open() {
  const auto now = steady_clock::now();
  average_.set(open_, now);
  if (skipper_ && average_.get(now) < few) skipper_->skip();
}

void client_producer::give_or_refuse(entries& one) {
  auto& e = one.front();
  if (broken_ || !waiting_.empty()) {
    if (!never_gives_up() && waiting_.size() >= max_waiting) {
      complete(e, error{errc::full, fmt::format("publish to topic '{}': too many records wait", e.rec.topic)});
      return;
    }
    waiting_.splice(waiting_.end(), one);
    return;
  }
  const auto code = give(one);
  if (is_good(code)) return;
  if (never_gives_up() && !is_final(code, e.rec)) {
    waiting_.splice(waiting_.end(), one);
    return;
  }
  complete(e, error_of(code, fmt::format("publish to topic '{}'", e.rec.topic)));
}

bool client_producer::is_final(rd_kafka_resp_err_t why, const record& r) const {
  // While a topic is being deleted and recreated, some brokers still report it as missing, and the library then fails
  // every record that it holds for it. Giving up here would leave a gap in the log, so try again.
  if (never_gives_up() && says_missing(why) && deps_.was_there(r.topic, r.partition)) return false;
  const auto code = code_of(why);
  return code == errc::too_large || code == errc::not_found || code == errc::invalid_argument;
}

error client_producer::failure_of(const rd_kafka_message_t& m, const record& r) const {
  auto e = error_of(m.err, fmt::format("publish to topic '{}'", r.topic));
  if (is_final(m.err, r)) return e;
  const bool surely_not = rd_kafka_message_status(&m) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
  e.code = surely_not ? errc::unavailable : errc::timed_out;
  return e;
}

rd_kafka_resp_err_t client_producer::give(entries& from) {
  auto& e = from.front();
  auto* where = topic(e.rec.topic);
  if (where == nullptr) return rd_kafka_last_error();
  auto* headers = headers_of(e.rec);
  given_.splice(given_.end(), from, from.begin());
  const auto code = rd_kafka_producev(client_, RD_KAFKA_V_RKT(where), RD_KAFKA_V_PARTITION(e.rec.partition),
                                      RD_KAFKA_V_KEY(e.rec.key.empty() ? nullptr : e.rec.key.data(), e.rec.key.size()),
                                      RD_KAFKA_V_VALUE(e.rec.value.data(), e.rec.value.size()),
                                      RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(&e), RD_KAFKA_V_END);
  if (is_good(code)) return code;
  if (headers != nullptr) rd_kafka_headers_destroy(headers);
  from.splice(from.begin(), given_, std::prev(given_.end()));
  return code;
}

void client_producer::give_waiting() {
  while (!broken_ && !waiting_.empty()) {
    auto& e = waiting_.front();
    const auto code = give(waiting_);
    if (is_good(code)) continue;
    if (!is_final(code, e.rec)) return;
    complete(e, error_of(code, fmt::format("publish to topic '{}'", e.rec.topic)));
    waiting_.pop_front();
  }
}

bool client_producer::serve(int max_events) {
  for (int n = 0; queue_ && n < max_events; ++n) {
    const event_ptr e(rd_kafka_queue_poll(queue_.get(), 0));
    if (!e) {
      if (broken_) mend(steady_clock::now());
      give_waiting();
      average_.set(open_, steady_clock::now());
      return true;
    }
    if (rd_kafka_event_type(e.get()) == RD_KAFKA_EVENT_DR) {
      while (const auto* m = rd_kafka_event_message_next(e.get())) report(*m);
    } else if (!housekeeper_.serve(e.get()) && rd_kafka_event_error_is_fatal(e.get())) {
      break_down(rd_kafka_event_error_string(e.get()));
    }
  }
  return !queue_;
}

void client_producer::report(const rd_kafka_message_t& m) {
  auto* e = static_cast<entry*>(m._private);
  if (is_good(m.err)) {
    refuse_overtaken_by(*e);
    complete(*e, published{m.partition, m.offset});
  } else if (auto why = failure_of(m, e->rec); e->done && is_tried_again(m.err, e->rec)) {
    failed_.splice(failed_.end(), given_, e->self);
    if (says_too_large(m.err)) refuse_batch(e->rec.topic);
    break_down(why.message);
    return;
  } else {
    complete(*e, std::move(why));
  }
  given_.erase(e->self);
}

bool client_producer::is_tried_again(rd_kafka_resp_err_t why, const record& r) const {
  if (says_too_large(why)) return !went_alone(r);
  return !is_final(why, r) && (broken_ || never_gives_up());
}

// Without the gapless guarantee the library continues after a refused batch. To send the records of that batch again
// would put them after records that were published later, so they fail instead.
void client_producer::refuse_overtaken_by(const entry& passed) {
  for (auto& e : failed_) {
    if (e.number > passed.number || e.rec.topic != passed.rec.topic || e.rec.partition != passed.rec.partition)
      continue;
    complete(e, error{errc::unavailable,
                      fmt::format("publish to topic '{}': its batch was refused as too large, and later records are in "
                                  "the log by now; publish it again",
                                  e.rec.topic)});
  }
  std::erase_if(failed_, [](const entry& e) { return !e.done; });
}

// A record that alone reaches the batch limit is never in one batch with another record.
bool client_producer::went_alone(const record& r) const {
  return content_bytes(r) >= batch_bytes_;
}

// A broker refuses a batch as a whole, even if each record alone would be small enough. So the next client makes
// batches of half the size, until they are accepted or the record that is too large is sent alone and fails.
void client_producer::refuse_batch(const std::string& topic) {
  if (std::exchange(batch_refused_, true)) return;
  batch_bytes_ = std::max<std::size_t>(batch_bytes_ / 2, 1);
  deps_.warn(fmt::format(
      "{}: topic '{}' refused a batch of records as too large (was its max.message.bytes lowered?); from now "
      "on batches have at most {} bytes",
      name_, topic, batch_bytes_));
}

void client_producer::complete(entry& e, result<published> outcome) {
  if (e.deadline != deadlines_.end()) deadlines_.erase(std::exchange(e.deadline, deadlines_.end()));
  if (!e.done) return;
  --open_;
  out_.push_back({std::exchange(e.done, nullptr), std::move(outcome)});
}

void client_producer::break_down(std::string_view why) {
  if (broken_) return;
  broken_ = true;
  mend_at_ = steady_clock::now() + mend_pause;
  deps_.warn(fmt::format("{}: {}; a new client takes over the records without acknowledgement", name_, why));
  rd_kafka_purge(client_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
}

void client_producer::mend(steady_time now) {
  if (!given_.empty() || now < mend_at_) return;
  disconnect();
  connect();
  if (broken_) return;
  failed_.sort([](const entry& a, const entry& b) { return a.number < b.number; });
  waiting_.splice(waiting_.begin(), failed_);
  give_waiting();
}

void client_producer::tick(steady_time now) {
  const auto before = open_;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    auto& e = *deadlines_.begin()->second;
    complete(e, error{errc::timed_out,
                      fmt::format("publish to topic '{}': no acknowledgement before the deadline", e.rec.topic)});
  }
  if (open_ != before) {
    for (auto* list : {&gathered_, &waiting_, &failed_}) std::erase_if(*list, [](const entry& e) { return !e.done; });
  }
  if (broken_) mend(now);
}

std::optional<steady_time> client_producer::next_tick() const {
  std::optional<steady_time> next;
  if (!deadlines_.empty()) next = deadlines_.begin()->first;
  if (broken_ && given_.empty()) next = next ? std::min(*next, mend_at_) : mend_at_;
  return next;
}

std::size_t client_producer::give_up(std::string_view why) {
  const auto lost = open_;
  for (auto* list : {&given_, &gathered_, &waiting_, &failed_}) {
    for (auto& e : *list) {
      complete(e, error{errc::timed_out, fmt::format("publish to topic '{}': {}", e.rec.topic, why)});
    }
  }
  gathered_.clear();
  waiting_.clear();
  failed_.clear();
  return lost;
}

}  // namespace streamdemo::bus::kafka
