#include <streamdemo/bus/inprocess.hpp>

#include "bus/inprocess/bus_on_env.hpp"
#include "bus/inprocess/consumer_impl.hpp"
#include "bus/inprocess/journal/directory_lock.hpp"
#include "bus/inprocess/journal/group_commit.hpp"
#include "bus/inprocess/producer_impl.hpp"
#include "bus/inprocess/reader_impl.hpp"
#include "bus/owners.hpp"

namespace streamdemo::bus {

namespace inprocess {
namespace {

// The threads of the journal's readers: gateway and processor read it back at the same time when they start.
constexpr std::size_t journal_readers = 2;

// What a bus with a journal has beside its core.
struct journal_side {
  journal_side(journal::directory_lock l, std::unique_ptr<journal::store> s, core& c, const journal_options& o,
               const base::clock& clock, base::metrics& metrics, const base::logger& log)
      : lock(std::move(l)),
        store(std::move(s)),
        commits(c, *store,
                {.sync_each = o.sync_each, .max_disk_bytes = o.max_disk_bytes, .trim_interval = o.trim_interval}, clock,
                metrics, log, [this] { return lock.is_in_place(); }) {}

  const journal::directory_lock lock;
  const std::unique_ptr<journal::store> store;
  base::blocking_pool reads{journal_readers};
  journal::group_commit commits;
};

class inprocess_bus final : public bus {
 public:
  inprocess_bus(const base::clock& clock, const base::logger& log)
      : log_(log.child("bus")), core_(std::make_shared<core>(clock, log_)) {}

  ~inprocess_bus() override {
    if (!journal_) return;
    journal_->commits.stop();
    journal_->store->give_up();
    journal_->reads.join();
    const std::lock_guard lock(core_->mutex());
    core_->detach();
  }

  result<void> open_journal(const journal_options& o, rocksdb::Env* env, const base::clock& clock,
                            base::metrics& metrics) {
    auto lock = journal::directory_lock::take(o.directory);
    if (!lock) return lock.error();
    const auto began = std::chrono::steady_clock::now();
    auto store = journal::store::open({o.directory / journal::records_directory, env});
    if (!store) return store.error();
    log_.info("the journal in {} is open: {} bytes, {} ms", o.directory.string(), (*store)->disk_bytes(),
              std::chrono::duration_cast<base::milliseconds>(std::chrono::steady_clock::now() - began).count());
    if (const auto& damage = (*store)->damage(); !damage.empty()) log_.error("{}", damage);
    journal_ = std::make_unique<journal_side>(std::move(*lock), std::move(*store), *core_, o, clock, metrics, log_);
    core_->attach(*journal_->store, journal_->commits, journal_->reads);
    journal_->commits.start();
    return {};
  }

  awaitable<result<void>> ensure_topics(std::vector<topic_spec> topics) override {
    const std::lock_guard lock(core_->mutex());
    co_return core_->ensure_topics(topics);
  }

  awaitable<result<std::int64_t>> end_offset(partition_id p) override {
    const std::lock_guard lock(core_->mutex());
    const auto* t = core_->find(p.topic);
    if (!t || !t->data.has(p.partition)) {
      co_return error{errc::not_found, fmt::format("there is no partition {} of topic '{}'", p.partition, p.topic)};
    }
    co_return t->data.log(p.partition).end();
  }

  bool writes_together() const noexcept override { return true; }

  std::unique_ptr<producer> make_producer(executor ex) override {
    return std::make_unique<producer_owner<producer_impl>>(std::make_shared<producer_impl>(ex, core_));
  }
  std::unique_ptr<shared_consumer> join(executor ex, group_options o) override {
    auto impl = std::make_shared<consumer_impl>(ex, core_, std::move(o));
    impl->join();
    return std::make_unique<consumer_owner<consumer_impl>>(std::move(impl));
  }
  std::unique_ptr<reader> make_reader(executor ex, reader_options) override {
    return std::make_unique<reader_owner<reader_impl>>(std::make_shared<reader_impl>(ex, core_));
  }

 private:
  const base::logger log_;
  std::shared_ptr<core> core_;
  std::unique_ptr<journal_side> journal_;
};

}  // namespace

result<std::unique_ptr<bus>> make_bus_on_env(const journal_options& o, rocksdb::Env* env, const base::clock& clock,
                                             base::metrics& metrics, const base::logger& log) {
  auto made = std::make_unique<inprocess_bus>(clock, log);
  if (auto opened = made->open_journal(o, env, clock, metrics); !opened) return opened.error();
  return std::unique_ptr<bus>(std::move(made));
}

}  // namespace inprocess

std::unique_ptr<bus> make_inprocess_bus(const base::clock& clock, const base::logger& log) {
  return std::make_unique<inprocess::inprocess_bus>(clock, log);
}

result<std::unique_ptr<bus>> make_journaled_bus(const journal_options& o, const base::clock& clock,
                                                base::metrics& metrics, const base::logger& log) {
  return inprocess::make_bus_on_env(o, nullptr, clock, metrics, log);
}

}  // namespace streamdemo::bus
