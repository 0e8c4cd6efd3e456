#include "gateway/tasks/input_keeper.hpp"

#include <boost/asio/co_spawn.hpp>
#include <map>
#include <streamdemo/base/partition.hpp>

namespace streamdemo::gateway {

namespace {

using base::awaitable;

}  // namespace

// Marks that look() runs, so that only one runs at a time.
struct input_keeper::turn {
  explicit turn(input_keeper& k) : keeper(k) { keeper.busy_ = true; }
  ~turn() {
    keeper.busy_ = false;
    keeper.idle_.notify_all();
  }
  turn(const turn&) = delete;
  input_keeper& keeper;
};

input_keeper::input_keeper(parts p)
    : p_(p),
      log_(p.log.child("uploads")),
      // A submission may wait two publish timeouts for an earlier one with its key, and one for its own `accepted`.
      on_its_way_(p.settings.processor.recovery_margin + 3 * p.settings.gateway.publish_timeout),
      shares_(p.settings.quota.upload_bytes),
      idle_(p.loop0),
      group_(p.loop0, log_, "the keeper of uploads") {}

void input_keeper::start() {
  started_ = true;
  group_.spawn([this]() -> awaitable<void> {
    for (;;) {
      co_await tidy();
      co_await base::sleep_for(p_.files.inputs_interval());
    }
  });
}

awaitable<void> input_keeper::tidy() {
  auto body = tidy_here();
  co_await asio::co_spawn(p_.loop0, std::move(body), base::use_awaitable);
}

// Not cancelable: every wait inside is bounded, so it may finish even if its caller goes away.
awaitable<void> input_keeper::tidy_here() {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  while (busy_) co_await idle_.wait();
  if (!started_) co_return;
  const turn mine(*this);
  co_await look();
}

awaitable<void> input_keeper::look() {
  if (p_.follower.behind() != 0) co_return;
  shares_.begin_count();
  const auto inputs = co_await p_.files.inputs();
  count(inputs);
  std::vector<artifacts::input> unknown;
  for (const auto& i : inputs) {
    const auto now = standing(i);
    if (now == input_standing::over) co_await p_.files.remove_input(i.id, i.name);
    if (now == input_standing::unknown) unknown.push_back(i);
  }
  if (!unknown.empty()) co_await look_again(std::move(unknown));
}

// An upload whose task is not known here belongs to nobody yet: its submission is under way.
void input_keeper::count(const std::vector<artifacts::input>& inputs) {
  upload_shares::bytes_by_owner stored;
  for (const auto& i : inputs) {
    const auto known = p_.all.find(i.id);
    if (!known) continue;
    if (const auto owner = known->identity().owner; !owner.empty()) stored[owner] += i.size;
  }
  shares_.end_count(std::move(stored));
}

// This gateway may lag behind the others. Once the task's partition is read up to its present end, all that the log has
// said of the task until now is known.
awaitable<void> input_keeper::look_again(std::vector<artifacts::input> unknown) {
  std::map<std::int32_t, bool> read;
  for (const auto& i : unknown) {
    const auto partition = base::partition_for(i.id, p_.settings.topics.partitions);
    if (!read.contains(partition)) read[partition] = co_await was_read_to_its_end(partition);
    if (!read[partition] || standing(i) == input_standing::due) continue;
    co_await p_.files.remove_input(i.id, i.name);
    if (!p_.all.find(i.id)) log_.info("removed an upload for which no task was accepted: {}/{}", i.id, i.name);
  }
}

awaitable<bool> input_keeper::was_read_to_its_end(std::int32_t partition) {
  const bus::partition_id where{p_.settings.topics.response, partition};
  const auto end = co_await p_.bus.end_offset(where);
  if (!end) co_return false;
  const auto until = std::chrono::steady_clock::now() + p_.settings.gateway.publish_timeout;
  co_return co_await p_.follower.has_folded(partition, *end, until);
}

input_standing input_keeper::standing(const artifacts::input& i) const {
  const auto ahead = p_.all.bus_now() - p_.clock.now();
  const auto known = p_.all.find(i.id);
  return standing_of(i.since + ahead, known ? std::optional(known->view()) : std::nullopt, p_.all.bus_now(),
                     on_its_way_);
}

awaitable<void> input_keeper::stop() {
  started_ = false;
  group_.cancel();
  co_await group_.join();
}

}  // namespace streamdemo::gateway
