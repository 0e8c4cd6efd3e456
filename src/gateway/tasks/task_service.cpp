#include <streamdemo/base/id.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/partition.hpp>
#include <streamdemo/base/task_group.hpp>

#include <boost/asio/co_spawn.hpp>
#include <random>
#include <unordered_map>
#include <unordered_set>

#include "gateway/tasks/deleted_files.hpp"
#include "gateway/tasks/expiry_schedule.hpp"
#include "gateway/tasks/task_records.hpp"
#include "gateway/tasks/task_service_control.hpp"
#include "gateway/tasks/unread_tasks.hpp"

namespace streamdemo::gateway {

namespace {

using base::awaitable;
using base::errc;
using base::error;
using base::result;
using base::steady_time;

constexpr base::milliseconds expiry_poll{500};
// A task that should have been ended by now is looked at again after this long.
constexpr base::milliseconds expiry_again{10'000};

steady_time now() {
  return std::chrono::steady_clock::now();
}

error bus_error(const error& e, std::string_view what) {
  // A topic that is gone, or not there again yet, is the bus's trouble and passes; the task is not what was not found.
  const auto code = e.code == errc::not_found ? errc::unavailable : e.code;
  return {code, fmt::format("{} could not be written to the bus: {}", what, e.message)};
}

// Counts what is underway for as long as it lives.
class underway {
 public:
  underway(std::size_t& count, base::notifier& idle) : count_(count), idle_(idle) { ++count_; }
  ~underway() {
    if (--count_ == 0) idle_.notify_all();
  }
  underway(const underway&) = delete;

 private:
  std::size_t& count_;
  base::notifier& idle_;
};

// Counts a submission of an owner for as long as it lives.
class share_under_way {
 public:
  share_under_way(std::unordered_map<std::string, std::size_t>& counts, std::string owner)
      : counts_(counts), owner_(std::move(owner)) {
    ++counts_[owner_];
  }
  ~share_under_way() {
    if (const auto it = counts_.find(owner_); --it->second == 0) counts_.erase(it);
  }
  share_under_way(const share_under_way&) = delete;

 private:
  std::unordered_map<std::string, std::size_t>& counts_;
  std::string owner_;
};

}  // namespace

class bus_task_service final : public task_service_control, private task_observer {
 public:
  explicit bus_task_service(task_service_parts p)
      : all_(p.all),
        settings_(p.settings),
        loop0_(p.loops.executor(0)),
        clock_(p.clock),
        metrics_(p.metrics),
        log_(p.log.child("tasks")),
        source_(std::move(p.source)),
        secrets_(p.own_secrets),
        producer_(p.bus.make_producer(loop0_)),
        seconds_(metrics_.histogram("streamdemo_submit_seconds", "From a checked request to a durable task",
                                    {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10})),
        files_(p.files, loop0_),
        idle_(loop0_),
        group_(loop0_, log_, "the task service") {
    all_.observe(this);
  }

  ~bus_task_service() override { all_.observe(nullptr); }

  std::string new_request_id(std::string_view owner, std::string_view kind,
                             std::string_view idempotency_key) const override {
    if (idempotency_key.empty()) return base::random_id();
    auto ids = secrets_.derived_ids(owner, kind, idempotency_key);
    // A task from before the secret was changed stays the task of its key.
    for (const auto& earlier : std::span(ids).subspan(1)) {
      const auto h = all_.find(earlier);
      if (h && h->view().owner == owner) return earlier;
    }
    return std::move(ids.front());
  }

  awaitable<result<accepted_task>> submit(submission s) override {
    auto body = submit_here(std::move(s));
    co_return co_await asio::co_spawn(loop0_, std::move(body), base::use_awaitable);
  }

  std::optional<std::string> owner_of_unread(std::string_view request_id) const override {
    return unread_.owner_of(request_id);
  }

  awaitable<result<void>> cancel(std::string request_id) override {
    auto body = cancel_here(std::move(request_id));
    co_return co_await asio::co_spawn(loop0_, std::move(body), base::use_awaitable);
  }

  awaitable<result<void>> erase_data(std::string request_id) override {
    auto body = erase_data_here(std::move(request_id));
    co_return co_await asio::co_spawn(loop0_, std::move(body), base::use_awaitable);
  }

  void start() override {
    group_.spawn([this] { return expire(); });
    group_.spawn([this] { return files_.run(); });
  }

  void close() override { closed_ = true; }

  awaitable<void> drain(steady_time deadline) override {
    close();
    while (underway_ != 0 && now() < deadline) co_await idle_.wait_until(deadline);
    producer_->close();
    const auto report = co_await producer_->drain(deadline);
    if (report.lost != 0)
      log_.warning("{} record(s) may not have reached the bus before the drain deadline", report.lost);
    aborted_ = true;
    for (auto& [id, folded] : in_flight_) folded->notify_all();
    for (auto& [id, changed] : awaited_) changed->notify_all();
    while (underway_ != 0) co_await idle_.wait();
    group_.cancel();
    co_await group_.join();
  }

 private:
  // On loop 0 from here on. What a caller started is finished even if the caller goes away: a task whose `accepted` is
  // written needs its request. Every wait inside has a deadline.

  awaitable<result<accepted_task>> submit_here(submission s) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const underway here(underway_, idle_);
    const auto begin = now();
    auto r = co_await submit_in_turn(s);
    seconds_.Observe(std::chrono::duration<double>(now() - begin).count());
    const auto label = r.has_value() ? (r->repeated ? "repeated" : "accepted") : base::to_string(r.error().code);
    metrics_.counter("streamdemo_submissions_total", "Submissions by how they ended", {{"result", std::string(label)}})
        .Increment();
    co_return r;
  }

  // One submission of an id at a time: a repetition waits for the first and then finds its task.
  awaitable<result<accepted_task>> submit_in_turn(submission& s) {
    if (s.payload.size() > settings_.processor.max_record_bytes) {
      co_return error{errc::too_large, fmt::format("the payload has {} bytes, a record takes {}", s.payload.size(),
                                                   settings_.processor.max_record_bytes)};
    }
    // Not until the earlier one has ended: a client that repeats itself without end must not build a queue.
    const auto by = now() + 2 * settings_.gateway.publish_timeout;
    for (auto it = in_flight_.find(s.request_id); it != in_flight_.end(); it = in_flight_.find(s.request_id)) {
      if (aborted_ || now() >= by) {
        co_return error{errc::timed_out, "an earlier submission with this idempotency key is still under way"};
      }
      const auto before = it->second;
      co_await before->wait_until(by);
    }
    if (closed_) co_return error{errc::closed, "this gateway is shutting down and takes no new tasks"};
    const auto folded = std::make_shared<base::notifier>(loop0_);
    in_flight_.emplace(s.request_id, folded);
    const auto id = s.request_id;
    auto r = co_await submit_alone(s);
    in_flight_.erase(id);
    folded->notify_all();
    co_return r;
  }

  awaitable<result<accepted_task>> submit_alone(submission& s) {
    const auto to = route(s.request_id, s.kind);
    if (const auto known = current(s)) co_return co_await request_again(s, to, known, true);
    if (all_.open_tasks() + in_flight_.size() + unread_.size() > settings_.gateway.max_tasks) {
      co_return error{errc::full, fmt::format("{} tasks are open, as many as gateway.max_tasks allows",
                                              settings_.gateway.max_tasks)};
    }
    if (auto share = check_share(s.owner); !share) co_return share.error();
    const share_under_way taken(under_way_of_, s.owner);
    if (!all_.has_room(in_flight_.size() + unread_.size())) {
      co_return error{errc::full,
                      "as many tasks are open or ended lately as may be remembered: half of results.max_bytes; the "
                      "earliest of them are forgotten results.keep_for_ms after their end"};
    }
    const auto begin = now();
    const auto wanted = s.deadline.value_or(settings_.tasks.default_deadline);
    const auto expiry =
        std::chrono::floor<base::milliseconds>(bus_now() + std::min(wanted, settings_.tasks.max_deadline));
    auto accepted = accepted_record(s, to, source_, clock_.now(), expiry);
    const auto written =
        co_await bus::publish(*producer_, std::move(accepted), begin + settings_.gateway.publish_timeout);
    if (written.has_error()) {
      if (written.error().code == errc::timed_out && !s.has_idempotency_key) abandon(s, to);
      co_return bus_error(written.error(), "the task");
    }
    if (s.has_idempotency_key) co_return co_await after_read_back(s, to);
    co_return co_await request_at_once(s, to, begin, expiry);
  }

  // By the log, and by what is on its way there from here.
  result<void> check_share(const std::string& owner) const {
    const auto most = settings_.quota.open_tasks;
    if (owner.empty() || most == 0) return {};
    const auto it = under_way_of_.find(owner);
    const auto open = all_.open_tasks_of(owner) + (it == under_way_of_.end() ? 0 : it->second);
    if (open < most) return {};
    return error{errc::quota, fmt::format("{} of your tasks are open, as many as quota.open_tasks allows", open)};
  }

  // Nobody else can have this id, so nothing need be read back before the request is sent.
  awaitable<result<accepted_task>> request_at_once(submission& s, const task_route& to, steady_time begin,
                                                   base::sys_time expiry) {
    // The log time of `accepted` is not before `begin`, so this keeps within half the margin of it.
    const auto by =
        std::min(now() + settings_.gateway.publish_timeout, begin + settings_.processor.recovery_margin / 2);
    const auto written = co_await publish_request(s, to, {expiry, std::nullopt}, by);
    if (written.has_error()) {
      abandon(s, to);
      co_return bus_error(written.error(), "the task");
    }
    // It is durable, and a processor may be at work: that this gateway lags behind the log changes nothing for it.
    const auto h = co_await read_back(s);
    if (h) {
      acknowledged(h);
    } else {
      unread_.put(s.request_id, s.owner, expiry);
    }
    co_return accepted_task{s.request_id, h};
  }

  // Whoever's `accepted` came first made the task.
  awaitable<result<accepted_task>> after_read_back(submission& s, const task_route& to) {
    const auto h = co_await read_back(s);
    if (!h) co_return error{errc::timed_out, "the task was written, but not read back in time"};
    const bool repeated = h->view().accepted_by != source_;
    co_return co_await request_again(s, to, h, repeated);
  }

  // The task exists: its request is sent (once more) unless that is known to be needless. It may have been accepted
  // long ago, by a gateway that died before it sent the request: this one says when, so that a processor finds it in
  // the log.
  awaitable<result<accepted_task>> request_again(submission& s, const task_route& to, history_ptr h, bool repeated) {
    const auto view = h->view();
    if (view.deleted) co_return error{errc::conflict, "the task of this idempotency key was deleted; use another key"};
    // Of one that ended and was let go for want of memory, it is not known any more.
    if (!view.payload_hash.empty() && view.payload_hash != s.payload_hash) {
      co_return error{errc::conflict, "this idempotency key was used with another payload"};
    }
    accepted_task found{s.request_id, h, repeated};
    if (view.status != task::status::queued || acknowledged_.contains(s.request_id)) co_return found;
    const auto by = now() + settings_.gateway.publish_timeout;
    const auto written = co_await publish_request(s, to, {view.expiry, view.accepted_at}, by);
    if (written.has_error() && h->view().status == task::status::queued) {
      co_return bus_error(written.error(), "the task");
    }
    acknowledged(h);
    co_return found;
  }

  awaitable<result<bus::published>> publish_request(submission& s, const task_route& to, task_times times,
                                                    steady_time by) {
    auto request = request_record(s, to, source_, clock_.now(), times);
    auto written = co_await bus::publish(*producer_, std::move(request), by);
    // Any other error says that it is not in the log.
    const bool may_be_read = !written.has_error() || written.error().code == errc::timed_out;
    if (s.input && may_be_read) s.input->keep();
    co_return written;
  }

  awaitable<result<void>> cancel_here(std::string request_id) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const underway here(underway_, idle_);
    const auto h = all_.find(request_id);
    if (!h) co_return error{errc::not_found, "no task has this id"};
    const auto view = h->view();
    if (task::is_end(view.status)) co_return result<void>{};
    auto record = ended_record(request_id, view.kind, task::status::canceled, "The task was canceled.",
                               route(request_id, view.kind), source_, clock_.now());
    const auto by = now() + settings_.gateway.publish_timeout;
    const auto written = co_await bus::publish(*producer_, std::move(record), by);
    if (written.has_error()) co_return bus_error(written.error(), "the cancellation");
    // It is durable now. Waiting for it to be read back only lets the client see it in the next answer.
    co_await wait_for(request_id, [&] { return task::is_end(h->view().status); }, by);
    co_return result<void>{};
  }

  awaitable<result<void>> erase_data_here(std::string request_id) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const underway here(underway_, idle_);
    const auto h = all_.find(request_id);
    if (!h) co_return error{errc::not_found, "no task has this id"};
    const auto view = h->view();
    if (!task::is_end(view.status)) co_return error{errc::invalid_argument, "the task has not ended"};
    auto record = deleted_record(request_id, view.kind, route(request_id, view.kind), source_, clock_.now());
    const auto by = now() + settings_.gateway.publish_timeout;
    const auto written = co_await bus::publish(*producer_, std::move(record), by);
    if (written.has_error()) co_return bus_error(written.error(), "the deletion");
    co_await wait_for(request_id, [&] { return all_.find(request_id) == nullptr; }, by);
    co_return result<void>{};
  }

  // Until `done`, which is asked again whenever something becomes of the task; one notifier for all who wait for one.
  template <class Done>
  awaitable<void> wait_for(const std::string& id, Done done, steady_time by) {
    auto& waiting = awaited_[id];
    if (!waiting) waiting = std::make_shared<base::notifier>(loop0_);
    const auto changed = waiting;
    while (!done() && now() < by && !aborted_) co_await changed->wait_until(by);
    // Here and in the list: nobody else is left.
    if (const auto it = awaited_.find(id); it != awaited_.end() && it->second == changed && changed.use_count() == 2) {
      awaited_.erase(it);
    }
  }

  void tell_waiting(const std::string& id) {
    if (const auto it = awaited_.find(id); it != awaited_.end()) it->second->notify_all();
  }

  // A task nobody was told of must not run, nor wait for its expiry. Best effort: expiry ends it otherwise.
  void abandon(const submission& s, const task_route& to) {
    write_end(ended_record(s.request_id, s.kind, task::status::canceled,
                           "The gateway could not hand the task over; its client was told to try again.", to, source_,
                           clock_.now()));
  }

  void write_end(base::record r) {
    auto here = std::make_shared<underway>(underway_, idle_);
    auto id = r.key;
    producer_->publish(std::move(r), now() + settings_.gateway.publish_timeout,
                       [this, here, id = std::move(id)](result<bus::published> done) {
                         if (done.has_value()) return;
                         log_.warning("the end of task {} could not be written, its expiry will end it: {}", id,
                                      done.error().message);
                       });
  }

  awaitable<void> expire() {
    for (;;) {
      co_await base::sleep_for(expiry_poll);
      unread_.forget_before(bus_now());
      for (const auto& h : schedule_.take(bus_now(), expiry_again)) {
        const auto view = h->view();
        if (task::is_end(view.status)) continue;
        write_end(ended_record(view.request_id, view.kind, task::status::expired,
                               "The task did not end before its deadline.", route(view.request_id, view.kind), source_,
                               clock_.now()));
      }
    }
  }

  void on_accepted(const history_ptr& h) noexcept override {
    const auto view = h->view();
    // The gateway that accepted it goes first; the others only step in for one that is gone.
    const auto grace = view.accepted_by == source_ ? 0 : std::uniform_int_distribution<>(5000, 10'000)(random_);
    schedule_.put(h, view.expiry + base::milliseconds(grace));
    if (unread_.erase(view.request_id)) acknowledged(h);
    if (const auto it = in_flight_.find(view.request_id); it != in_flight_.end()) it->second->notify_all();
  }

  void on_over(const history_ptr& h) noexcept override {
    schedule_.remove(h);
    const auto id = h->view().request_id;
    acknowledged_.erase(id);
    tell_waiting(id);
  }

  void on_deleted(const std::string& id) noexcept override {
    tell_waiting(id);
    files_.add(id);
  }

  void acknowledged(const history_ptr& h) {
    const auto view = h->view();
    if (!task::is_end(view.status)) acknowledged_.insert(view.request_id);
  }

  // The history of the task for which an `accepted` of this id would be ignored.
  history_ptr current(const submission& s) const {
    auto h = all_.find(s.request_id);
    if (!h) h = all_.find_ended(s.request_id, s.kind);
    if (!h) return h;
    const auto view = h->view();
    const bool past = task::is_end(view.status) && view.kept_since + settings_.results.keep_for < bus_now();
    return past ? nullptr : h;
  }

  awaitable<history_ptr> read_back(const submission& s) {
    const auto by = now() + settings_.gateway.publish_timeout;
    const auto folded = in_flight_.at(s.request_id);
    for (;;) {
      auto h = current(s);
      if (h || aborted_ || now() >= by) co_return h;
      co_await folded->wait_until(by);
    }
  }

  task_route route(const std::string& request_id, const std::string& kind) const {
    const auto own = settings_.tasks.request_topics.find(kind);
    return {.request_topic = own == settings_.tasks.request_topics.end() ? settings_.topics.request : own->second,
            .response_topic = settings_.topics.response,
            .partition = base::partition_for(request_id, settings_.topics.partitions)};
  }

  base::sys_time bus_now() const { return all_.bus_now(); }

  histories& all_;
  const config::settings& settings_;
  base::executor loop0_;
  const base::clock& clock_;
  base::metrics& metrics_;
  base::logger log_;
  std::string source_;
  const secrets& secrets_;
  std::unique_ptr<bus::producer> producer_;
  base::histogram& seconds_;
  std::unordered_map<std::string, std::shared_ptr<base::notifier>> in_flight_;  // by id; told when its task is folded
  std::unordered_map<std::string, std::shared_ptr<base::notifier>> awaited_;  // by id; told when it is over, or deleted
  std::unordered_map<std::string, std::size_t> under_way_of_;  // by owner: submissions that may not be folded yet
  std::unordered_set<std::string> acknowledged_;               // open tasks whose request this gateway saw acknowledged
  unread_tasks unread_;  // handed over, not folded yet: open tasks that no history counts
  expiry_schedule schedule_;
  std::minstd_rand random_{std::random_device{}()};
  deleted_files files_;
  bool closed_ = false;
  bool aborted_ = false;  // the drain deadline has passed: no more waiting
  std::size_t underway_ = 0;
  base::notifier idle_;
  base::task_group group_;
};

std::unique_ptr<task_service_control> make_task_service(task_service_parts p) {
  return std::make_unique<bus_task_service>(std::move(p));
}

}  // namespace streamdemo::gateway
