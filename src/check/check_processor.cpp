#include <fmt/format.h>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/partition.hpp>
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/check/check.hpp>
#include <streamdemo/task/end_payload.hpp>

#include <algorithm>

#include "check/record_judge.hpp"

namespace streamdemo::check {

namespace {

using base::awaitable;
using base::result;
using base::steady_time;

constexpr base::milliseconds write_timeout{30'000};
constexpr base::milliseconds look_every{200};
constexpr std::size_t batch = 1000;

struct given {
  std::string id;
  std::int32_t partition;
};

class examination {
 public:
  examination(bus::bus& b, const base::clock& clock, options o, const base::logger& log, base::executor ex)
      : bus_(b),
        clock_(clock),
        options_(std::move(o)),
        producer_(b.make_producer(ex)),
        reader_(b.make_reader(ex)),
        judge_({.kind = options_.kind,
                .request_topic = options_.request_topic,
                .response_topic = options_.response_topic,
                .partitions = options_.partitions}),
        group_(ex, log, "the check of a processor") {}

  awaitable<result<report>> run() {
    group_.spawn([this] { return read(); });
    auto done = co_await examine();
    over_ = true;
    for (const auto& t : tasks_) {
      if (!judge_.is_over(t.id)) co_await cancel(t);
    }
    producer_->close();
    co_await producer_->drain(std::chrono::steady_clock::now() + write_timeout);
    reader_->close();
    co_await reader_->drain(std::chrono::steady_clock::now() + write_timeout);
    co_await group_.join();
    if (!done) co_return done.error();
    judge_.finish();
    report r{tasks_.size(), judge_.ended(), judge_.results(), judge_.wrong(), judge_.notes()};
    co_return r;
  }

 private:
  awaitable<result<void>> examine() {
    for (std::int32_t p = 0; p < options_.partitions; ++p) {
      const bus::partition_id partition{options_.response_topic, p};
      const auto end = co_await bus_.end_offset(partition);
      if (!end) co_return end.error();
      reader_->follow(partition, bus::from_offset{*end});
    }
    const auto n = options_.tasks != 0 ? options_.tasks : static_cast<std::size_t>(options_.partitions);
    for (std::size_t i = 0; i < n; ++i) {
      const auto wanted = static_cast<std::int32_t>(i % static_cast<std::size_t>(options_.partitions));
      if (auto r = co_await give(wanted, options_.payload, false); !r) co_return r;
    }
    if (options_.wrong_payload) {
      if (auto r = co_await give(0, *options_.wrong_payload, true); !r) co_return r;
    }
    co_await wait_for_the_ends();
    if (failed_) co_return *failed_;
    co_return result<void>{};
  }

  // A random id that falls into the partition.
  std::string id_in(std::int32_t partition) const {
    for (;;) {
      auto id = base::random_id();
      if (base::partition_for(id, options_.partitions) == partition) return id;
    }
  }

  task::message message_of(task::message_type type, const std::string& id) const {
    task::message m;
    m.type = type;
    m.request_id = id;
    m.kind = options_.kind;
    m.source = source_;
    m.time = clock_.now();
    return m;
  }

  awaitable<result<void>> write(task::message m, std::string topic, std::int32_t partition) {
    const auto by = std::chrono::steady_clock::now() + write_timeout;
    const auto written = co_await bus::publish(*producer_, task::encode(std::move(m), std::move(topic), partition), by);
    if (!written) co_return written.error();
    co_return result<void>{};
  }

  awaitable<result<void>> give(std::int32_t partition, const std::string& payload, bool must_fail) {
    const auto id = id_in(partition);
    judge_.expect(id, must_fail);
    tasks_.push_back({id, partition});
    const auto expiry = std::chrono::ceil<base::milliseconds>(clock_.now() + std::chrono::hours(1));
    auto accepted = message_of(task::message_type::accepted, id);
    accepted.expiry = expiry;
    accepted.payload_hash = base::sha256_hex(payload);
    accepted.payload = fmt::format(R"({{"kind":"{}","expires":"{}"}})", options_.kind, base::format_millis(expiry));
    if (auto r = co_await write(std::move(accepted), options_.response_topic, partition); !r) co_return r;
    auto request = message_of(task::message_type::submitted, id);
    request.expiry = expiry;
    request.payload = payload;
    co_return co_await write(std::move(request), options_.request_topic, partition);
  }

  awaitable<void> cancel(const given& t) {
    auto m = message_of(task::message_type::ended, t.id);
    m.payload = task::end_payload(task::status::canceled, "The check of its processor has given it up.");
    co_await write(std::move(m), options_.response_topic, t.partition);
  }

  awaitable<void> wait_for_the_ends() {
    heard_ = std::chrono::steady_clock::now();
    while (!judge_.all_over() && !failed_ && std::chrono::steady_clock::now() - heard_ < options_.patience)
      co_await base::sleep_for(look_every);
  }

  // Until the reader is closed.
  awaitable<void> read() {
    for (;;) {
      const auto items = co_await reader_->receive(batch);
      if (!items) {
        if (items.error().code != base::errc::closed) failed_ = items.error();
        co_return;
      }
      for (const auto& item : *items) {
        if (const auto* r = std::get_if<bus::record_ptr>(&item); r != nullptr && !over_ && judge_.read(**r))
          heard_ = std::chrono::steady_clock::now();
        if (const auto* lost = std::get_if<bus::position_lost>(&item))
          failed_ = base::error{base::errc::unavailable, lost->message};
      }
    }
  }

  bus::bus& bus_;
  const base::clock& clock_;
  const options options_;
  const std::string source_ = "check-processor/" + base::random_id();
  const std::unique_ptr<bus::producer> producer_;
  const std::unique_ptr<bus::reader> reader_;
  record_judge judge_;
  std::vector<given> tasks_;
  steady_time heard_{};  // when the last record about them came
  std::optional<base::error> failed_;
  bool over_ = false;  // what comes now is judged no more, such as the cancellations written here
  base::task_group group_;
};

}  // namespace

base::awaitable<base::result<report>> check_processor(bus::bus& b, const base::clock& clock, options o,
                                                      const base::logger& log, base::executor ex) {
  examination e(b, clock, std::move(o), log, ex);
  co_return co_await e.run();
}

}  // namespace streamdemo::check
