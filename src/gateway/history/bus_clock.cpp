#include "gateway/history/bus_clock.hpp"

#include <streamdemo/task/message.hpp>

namespace streamdemo::gateway {

namespace {

using base::awaitable;
using base::errc;
using base::error;
using base::record_ptr;
using base::result;
using base::steady_time;

// The first sample includes the time to connect, which would look like travel time of the record.
constexpr int samples = 2;

awaitable<result<bus::published>> write_sign_of_life(const bus_clock_parts& p, bus::producer& to, steady_time by) {
  task::message m;
  m.type = task::message_type::alive;
  m.source = p.source;
  m.time = p.clock.now();
  m.payload = "{}";
  auto r = task::encode(std::move(m), p.topic, 0);
  co_return co_await bus::publish(to, std::move(r), by);
}

// The record at `offset`. Skips what the reader still delivers from its earlier position.
awaitable<result<record_ptr>> record_at(bus::reader& from, std::int64_t offset) {
  for (;;) {
    auto items = co_await from.receive(1);
    if (items.has_error()) co_return items.error();
    for (auto& item : *items) {
      if (auto* r = std::get_if<record_ptr>(&item); r && (*r)->offset == offset) co_return std::move(*r);
      if (auto* l = std::get_if<bus::position_lost>(&item)) co_return error{errc::unavailable, l->message};
    }
  }
}

awaitable<result<void>> show_own_records(const bus_clock_parts& p, bus::producer& to, bus::reader& from,
                                         steady_time by) {
  for (int i = 0; i < samples; ++i) {
    const auto began = p.clock.even();
    const auto written = co_await write_sign_of_life(p, to, by);
    if (written.has_error()) co_return written.error();
    from.follow({p.topic, 0}, bus::from_offset{written->offset});
    auto read = co_await record_at(from, written->offset);
    if (read.has_error()) co_return error{errc::timed_out, "what was written to " + p.topic + " was not read back"};
    p.all.begin_bus_clock((*read)->log_time, p.clock.even() - began);
  }
  co_return result<void>{};
}

}  // namespace

awaitable<result<void>> learn_bus_clock(bus_clock_parts p) {
  const auto by = std::chrono::steady_clock::now() + p.timeout;
  const auto producer = p.bus.make_producer(p.loop0);
  const std::shared_ptr<bus::reader> reader = p.bus.make_reader(p.loop0);
  // receive() has no deadline, so this timer closes the reader.
  base::timer patience(p.loop0, by);
  patience.async_wait([weak = std::weak_ptr(reader)](boost::system::error_code) {
    if (const auto r = weak.lock()) r->close();
  });
  auto learned = co_await show_own_records(p, *producer, *reader, by);
  patience.cancel();
  producer->close();
  reader->close();
  co_await producer->drain(by);
  co_await reader->drain(by);
  co_return learned;
}

}  // namespace streamdemo::gateway
