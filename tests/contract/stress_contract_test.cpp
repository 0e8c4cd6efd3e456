// All at once, each on its own thread: producers, a group whose members join and leave, and readers.
#include <streamdemo/base/io_threads.hpp>

#include <boost/asio/co_spawn.hpp>
#include <future>

#include "contract/receivers.hpp"

namespace streamdemo::contract {

namespace {

constexpr int producers = 4;
constexpr int per_partition = 3000;  // of each producer
constexpr std::int32_t partitions = 4;
constexpr std::size_t in_flight = 200;
constexpr std::size_t total = std::size_t(producers) * per_partition * partitions;

// Sent after all records are completed, to end the receive() of members that wait for more.
const std::string nudge = "nudge";

// Values are "producer number".
awaitable<std::string> produce(bus::bus& b, std::string topic, int me) {
  const auto ex = co_await asio::this_coro::executor;
  auto p = b.make_producer(ex);
  pipeline line(*p, ex);
  for (int i = 0; i < per_partition * partitions; ++i) {
    line.send(text(topic, i % partitions, fmt::format("{} {}", me, i / partitions)));
    if (line.sent() - line.ended() >= in_flight) co_await line.until_ended(line.sent() - in_flight / 2);
  }
  p->close();
  const auto report = co_await p->drain(in(std::chrono::seconds(60)));
  if (report.lost != 0) co_return "records were lost";
  for (const auto& o : line.outcomes) {
    if (!o->has_value()) co_return "publish failed: " + o->error().message;
  }
  co_return "";
}

// Checks that in each partition the numbers of each producer increase by one. `again` allows numbers that came before.
class sequences {
 public:
  std::string note(const record& r, bool again) {
    if (r.value == nudge) return "";
    const auto space = r.value.find(' ');
    auto& next = next_[{r.partition, std::stoi(r.value)}];
    const int number = std::stoi(r.value.substr(space + 1));
    if (number > next || (number < next && !again)) {
      return fmt::format("partition {}: '{}' came when {} was due", r.partition, r.value, next);
    }
    if (number == next) ++next, ++seen_;
    return "";
  }
  std::size_t seen() const { return seen_; }

 private:
  std::map<std::pair<std::int32_t, int>, int> next_;
  std::size_t seen_ = 0;
};

awaitable<std::string> read_all(bus::bus& b, std::string topic) {
  auto reader = b.make_reader(co_await asio::this_coro::executor);
  for (std::int32_t n = 0; n < partitions; ++n) reader->follow({topic, n}, bus::from_offset{0});
  sequences s;
  std::map<std::int32_t, std::int64_t> offsets;
  while (s.seen() < total) {
    const auto items = co_await reader->receive(500);
    if (!items.has_value()) co_return "receive failed: " + items.error().message;
    for (const auto& i : *items) {
      const auto* r = std::get_if<base::record_ptr>(&i);
      if (!r) continue;
      if ((*r)->offset != offsets[(*r)->partition]++) co_return "an offset was left out or came twice";
      auto wrong = s.note(**r, false);
      if (!wrong.empty()) co_return wrong;
    }
  }
  reader->close();
  co_await reader->drain(in(std::chrono::seconds(60)));
  co_return "";
}

// The records that all members of the group have completed together.
struct ledger {
  std::mutex mutex;
  std::set<std::pair<std::int32_t, std::int64_t>> completed;
  bool done() {
    const std::lock_guard lock(mutex);
    return completed.size() == total;
  }
  void note(const record& r) {
    const std::lock_guard lock(mutex);
    if (r.value != nudge) completed.insert({r.partition, r.offset});
  }
};

// One stay in the group: receives `share` records, completes them in small batches, each in reverse order, and leaves
// by drain or crash.
awaitable<std::string> stay(bus::bus& b, bus::group_options o, ledger& all, std::size_t share, bool crash) {
  auto c = b.join(co_await asio::this_coro::executor, std::move(o));
  std::set<std::int32_t> owned;
  std::size_t taken = 0;
  while (taken < share && !all.done()) {
    const auto items = co_await c->receive(50);
    if (!items.has_value()) co_return "receive failed: " + items.error().message;
    std::vector<bus::delivery> heap;
    for (const auto& i : *items) {
      if (const auto* a = std::get_if<bus::assigned>(&i)) {
        for (const auto& p : a->partitions) {
          if (!owned.insert(p.partition).second) co_return "assigned twice";
        }
      } else if (const auto* r = std::get_if<bus::revoked>(&i)) {
        for (const auto& p : r->partitions) {
          if (owned.erase(p.partition) == 0) co_return "revoked what was not assigned";
        }
      } else {
        heap.push_back(std::get<bus::delivery>(i));
        if (!owned.contains(heap.back().record->partition)) co_return "a record of a partition it does not own";
      }
    }
    taken += heap.size();
    for (auto d = heap.rbegin(); d != heap.rend(); ++d) {
      all.note(*d->record);
      c->complete(*d);
    }
  }
  c->close();
  // A crash before the first record tests nothing, and on Kafka the other members would have to wait for this one.
  if (!crash || taken == 0) co_await c->drain(in(std::chrono::seconds(60)));
  co_return "";
}

awaitable<std::string> come_and_go(bus::bus& b, bus::group_options o, ledger& all, int me, int stays) {
  for (int i = 0; !all.done(); ++i) {
    // Only some members leave early, so that the others always remain to receive all records.
    const std::size_t share = me % 2 || i >= stays ? total : 400;
    auto wrong = co_await stay(b, o, all, share, i % 2 == 0);
    if (!wrong.empty()) co_return wrong;
  }
  co_return "";
}

// Ends the receive() of members that wait for records which other members have completed.
awaitable<std::string> finish(bus::bus& b, std::string topic, ledger& all) {
  auto p = b.make_producer(co_await asio::this_coro::executor);
  while (!all.done()) co_await base::sleep_for(base::milliseconds(5));
  for (int n = 0; n < 100 * partitions; ++n) {
    const auto outcome = co_await bus::publish(*p, text(topic, n % partitions, nudge));
    if (!outcome.has_value()) co_return "publish failed: " + outcome.error().message;
  }
  p->close();
  co_await p->drain(in(std::chrono::seconds(60)));
  co_return "";
}

}  // namespace

BUS_CONTRACT(
    "stress: on many threads, with members coming and going, nothing is lost and each partition keeps its order") {
  const auto topic = co_await t.topic(partitions);
  bus::group_options o;
  o.group = t.fresh("group");
  o.topics.push_back(topic);
  o.max_open = 50;
  o.max_gap = 100;
  ledger all;
  base::io_threads threads(4, "stress");
  std::vector<std::future<std::string>> parts;
  const auto on = [&](std::size_t i, awaitable<std::string> body) {
    auto outcome = std::make_shared<std::promise<std::string>>();
    parts.push_back(outcome->get_future());
    asio::co_spawn(
        threads.executor(i % threads.size()), std::move(body),
        [outcome](std::exception_ptr e, std::string s) { outcome->set_value(e ? "an exception" : std::move(s)); });
  };
  for (int i = 0; i < producers; ++i) on(std::size_t(i), produce(t.bus, topic, i));
  for (std::size_t i = 0; i < 3; ++i) on(i, read_all(t.bus, topic));
  for (int i = 0; i < 4; ++i) on(std::size_t(i) + 1, come_and_go(t.bus, o, all, i, t.stays()));
  on(0, finish(t.bus, topic, all));
  threads.start();
  for (auto& part : parts) {
    while (part.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      co_await base::sleep_for(base::milliseconds(5));
    }
    CHECK(part.get() == "");
  }
}

}  // namespace streamdemo::contract
