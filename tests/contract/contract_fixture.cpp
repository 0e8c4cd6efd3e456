#include "contract/contract_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <streamdemo/base/id.hpp>

namespace streamdemo::contract {

base::steady_time in(base::milliseconds d) {
  return std::chrono::steady_clock::now() + d;
}

contract_fixture::contract_fixture(bus_fixture& f, base::executor e)
    : ex(e), bus(f.bus()), background(e, log, "contract test"), fixture_(f), can_(f.can()), stays_(f.stays()) {}

std::string contract_fixture::fresh(const std::string& what) {
  return what + "-" + base::random_id();
}

awaitable<std::string> contract_fixture::create(bus::topic_spec s) {
  std::vector<bus::topic_spec> all{s};
  const auto made = co_await bus.ensure_topics(std::move(all));
  REQUIRE(made.has_value());
  co_return s.name;
}

awaitable<std::string> contract_fixture::topic(std::int32_t partitions) {
  bus::topic_spec s;
  s.name = fresh("topic");
  s.partitions = partitions;
  s.max_bytes = std::size_t(1) << 30;
  return create(std::move(s));
}

awaitable<std::string> contract_fixture::small_topic(bus::when_full full, std::size_t records,
                                                     std::int32_t partitions) {
  bus::topic_spec s;
  s.name = fresh("small");
  s.partitions = partitions;
  s.full = full;
  s.max_bytes = records * sized("", 0, 0).bytes();
  return create(std::move(s));
}

awaitable<result<std::int64_t>> contract_fixture::end_of(std::string topic, std::int32_t partition) {
  partition_id p{std::move(topic), partition};
  co_return co_await bus.end_offset(std::move(p));
}

namespace {

void run_on(bus_fixture& fixture, contract_body body) {
  INFO("bus: ", fixture.name());
  asio::io_context loop(1);
  contract_fixture t(fixture, loop.get_executor());
  asio::cancellation_signal stop;
  std::exception_ptr failure;
  bool ended = false;
  asio::co_spawn(loop, body(t), asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e) {
                   failure = e;
                   ended = true;
                   t.background.cancel();
                 }));
  const auto limit = std::chrono::steady_clock::now() + fixture.patience();
  while (!ended && std::chrono::steady_clock::now() < limit) loop.run_one_until(limit);
  const bool in_time = ended;
  if (!ended) asio::post(loop, [&] { stop.emit(asio::cancellation_type::terminal); });
  loop.restart();
  loop.run_for(std::chrono::seconds(10));
  REQUIRE_MESSAGE(in_time, "the test waited for something that did not come");
  REQUIRE_MESSAGE(t.background.size() == 0, "a receive did not end when it was canceled");
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

void run_on_every_bus(contract_body body) {
  const char* chosen = std::getenv("STREAMDEMO_CONTRACT_BUS");
  int ran = 0;
  for (const auto& [name, make] : all_fixtures()) {
    if (chosen && name != chosen) continue;
    const auto fixture = make();
    REQUIRE(fixture->name() == name);
    run_on(*fixture, body);
    ++ran;
  }
  REQUIRE_MESSAGE(ran > 0, "STREAMDEMO_CONTRACT_BUS names no bus of this build");
}

record text(const std::string& topic, std::int32_t partition, std::string value) {
  record r;
  r.topic = topic;
  r.partition = partition;
  r.value = std::move(value);
  return r;
}

record sized(const std::string& topic, std::int32_t partition, int number) {
  return text(topic, partition, fmt::format("{:0>1000}", number));
}

awaitable<bus::published> put(bus::producer& p, record r) {
  const auto outcome = co_await bus::publish(p, std::move(r));
  REQUIRE(outcome.has_value());
  co_return *outcome;
}

awaitable<void> put_numbers(bus::producer& p, const std::string& topic, std::int32_t partition, int from, int count) {
  const auto ex = co_await asio::this_coro::executor;
  pipeline line(p, ex);
  for (int i = from; i < from + count; ++i) line.send(text(topic, partition, std::to_string(i)));
  co_await line.until_ended(line.sent());
  for (const auto& o : line.outcomes) REQUIRE(o->has_value());
}

void pipeline::send(record r, std::optional<base::steady_time> deadline) {
  const auto index = outcomes.size();
  outcomes.emplace_back();
  producer_.publish(std::move(r), deadline, [this, index](result<bus::published> outcome) {
    outcomes[index] = std::move(outcome);
    order.push_back(index);
    changed_.notify_all();
  });
}

awaitable<void> pipeline::until_ended(std::size_t n) {
  while (order.size() < n) co_await changed_.wait();
}

}  // namespace streamdemo::contract
