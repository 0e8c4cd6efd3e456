#include <streamdemo/base/id.hpp>
#include <streamdemo/base/task_group.hpp>

#include <boost/asio/co_spawn.hpp>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "gateway/access/places.hpp"
#include "gateway/tasks/deleted_files.hpp"
#include "gateway/tasks/operations.hpp"
#include "gateway/tasks/submission_metrics.hpp"
#include "gateway/tasks/task_ends.hpp"
#include "gateway/tasks/task_options.hpp"
#include "gateway/tasks/task_service_control.hpp"
#include "gateway/tasks/task_waits.hpp"
#include "gateway/tasks/task_writer.hpp"
#include "gateway/tasks/unread_tasks.hpp"
#include "gateway/tasks/waiting_metrics.hpp"

namespace streamdemo::gateway {

namespace {

using base::awaitable;
using base::errc;
using base::error;
using base::result;
using base::steady_time;

constexpr base::milliseconds expiry_poll{500};
constexpr base::milliseconds places_every{1000};

steady_time now() {
  return std::chrono::steady_clock::now();
}

error bus_error(const error& e, std::string_view what) {
  // not_found from the bus means that the topic is missing, which may pass. The task was not looked for.
  const auto code = e.code == errc::not_found ? errc::unavailable : e.code;
  return {code, fmt::format("{} could not be written to the bus: {}", what, e.message)};
}

}  // namespace

class bus_task_service final : public task_service_control, private task_observer {
 public:
  explicit bus_task_service(task_service_parts p)
      : all_(p.all),
        settings_(p.settings),
        loop0_(p.loops.executor(0)),
        log_(p.log.child("tasks")),
        source_(std::move(p.source)),
        secrets_(p.own_secrets),
        writer_(p.bus, loop0_, topics_of(p.settings), source_, p.clock, p.traces),
        submissions_(p.metrics),
        placer_(placement_options(settings_), p.clock, p.metrics, log_),
        waiting_(p.kinds),
        waiting_metrics_(p.metrics, waiting_),
        waits_(loop0_),
        files_(p.files, loop0_),
        operations_(loop0_),
        ends_(writer_, operations_, source_, settings_.gateway.publish_timeout, log_),
        group_(loop0_, log_, "the task service") {
    all_.observe(this);
  }

  ~bus_task_service() override { all_.observe(nullptr); }

  std::string new_request_id(std::string_view owner, std::string_view kind, std::string_view idempotency_key) override {
    if (idempotency_key.empty()) return placer_.new_id(kind);
    auto ids = secrets_.derived_ids(owner, kind, idempotency_key);
    // A key keeps its task even if the secret was changed since.
    for (const auto& earlier : std::span(ids).subspan(1)) {
      const auto h = all_.find(earlier);
      if (h && h->identity().owner == owner) return earlier;
    }
    return std::move(ids.front());
  }

  awaitable<result<accepted_task>> submit(submission s) override { return on_loop0(submit_here(std::move(s))); }

  std::optional<std::string> owner_of_unread(std::string_view request_id) const override {
    return unread_.owner_of(request_id);
  }

  awaitable<result<void>> cancel(std::string request_id) override {
    return on_loop0(cancel_here(std::move(request_id)));
  }

  awaitable<result<void>> erase_data(std::string request_id) override {
    return on_loop0(erase_data_here(std::move(request_id)));
  }

  void start() override {
    group_.spawn([this] { return expire(); });
    group_.spawn([this] { return files_.run(); });
    group_.spawn([this] { return tell_places(); });
  }

  void close() override { closed_ = true; }

  awaitable<void> drain(steady_time deadline) override {
    close();
    co_await operations_.finished(deadline);
    writer_.close();
    const auto report = co_await writer_.drain(deadline);
    if (report.lost != 0)
      log_.warning("{} record(s) may not have reached the bus before the drain deadline", report.lost);
    waits_.end();
    co_await operations_.finished();
    group_.cancel();
    co_await group_.join();
  }

 private:
  steady_time publish_deadline() const { return now() + settings_.gateway.publish_timeout; }

  template <class T>
  awaitable<T> on_loop0(awaitable<T> operation) {
    co_return co_await asio::co_spawn(loop0_, to_its_end(std::move(operation)), base::use_awaitable);
  }

  // All from here on runs on loop 0.

  // An operation finishes even if its caller goes away, because a task whose `accepted` is written needs its request.
  // Every wait inside has a deadline.
  template <class T>
  awaitable<T> to_its_end(awaitable<T> operation) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const operations::in_progress here(operations_);
    co_return co_await std::move(operation);
  }

  awaitable<result<accepted_task>> submit_here(submission s) {
    const auto begin = now();
    const auto id = s.request_id;
    auto r = co_await submit_in_turn(s);
    if (!r) placer_.withdrawn(id);
    submissions_.ended(r, now() - begin);
    co_return r;
  }

  // One submission of an id at a time: a repetition waits for the first one and then finds its task.
  awaitable<result<accepted_task>> submit_in_turn(submission& s) {
    if (s.payload.size() > settings_.processor.max_record_bytes) {
      co_return error{errc::too_large, fmt::format("the payload has {} bytes, a record takes {}", s.payload.size(),
                                                   settings_.processor.max_record_bytes)};
    }
    // Does not wait without a limit for the earlier one: a client that repeats without end must not build a queue.
    const auto by = now() + 2 * settings_.gateway.publish_timeout;
    co_await waits_.until(s.request_id, [&] { return !in_flight_.contains(s.request_id); }, by);
    if (in_flight_.contains(s.request_id)) {
      co_return error{errc::timed_out, "an earlier submission with this idempotency key is still under way"};
    }
    if (closed_) co_return error{errc::closed, "this gateway is shutting down and takes no new tasks"};
    const auto id = s.request_id;
    in_flight_.try_emplace(id);
    auto r = co_await submit_alone(s);
    in_flight_.erase(id);
    waits_.tell(id);
    co_return r;
  }

  awaitable<result<accepted_task>> submit_alone(submission& s) {
    if (const auto known = current(s)) co_return co_await request_again(s, known, true, std::nullopt);
    if (all_.open_tasks() + in_flight_.size() + unread_.size() > settings_.gateway.max_tasks) {
      co_return error{errc::full, fmt::format("{} tasks are open, as many as gateway.max_tasks allows",
                                              settings_.gateway.max_tasks)};
    }
    if (auto share = check_share(s.owner); !share) co_return share.error();
    const auto taken = under_way_.take(s.owner);
    if (!all_.has_room(in_flight_.size() + unread_.size())) {
      co_return error{errc::full,
                      "as many tasks are open or ended lately as may be remembered: half of results.max_bytes; the "
                      "earliest of them are forgotten results.keep_for_ms after their end"};
    }
    const auto begin = now();
    const auto wanted = s.deadline.value_or(settings_.tasks.default_deadline);
    const auto expiry =
        std::chrono::floor<base::milliseconds>(bus_now() + std::min(wanted, settings_.tasks.max_deadline));
    const auto by = begin + settings_.gateway.publish_timeout;
    // The id of a task without a key is random, so nothing need be read back in between.
    if (writer_.writes_together() && !s.has_idempotency_key) {
      const auto both = co_await writer_.accepted_and_request(s, expiry, by);
      if (!both.has_error()) co_return co_await requested(s, expiry);
      if (both.error().code != errc::full) co_return not_requested(s, both.error());
    }
    const auto written = co_await writer_.accepted(s, expiry, by);
    if (written.has_error()) {
      if (written.error().code == errc::timed_out && !s.has_idempotency_key) ends_.abandon(s);
      co_return bus_error(written.error(), "the task");
    }
    if (s.has_idempotency_key) co_return co_await after_read_back(s);
    co_return co_await request_at_once(s, begin, {.expiry = expiry, .at = {}, .offset = offset_of(*written)});
  }

  // Counts the owner's open tasks in the log, and this gateway's submissions that may not be read back yet.
  result<void> check_share(const std::string& owner) const {
    const auto most = settings_.quota.open_tasks;
    if (owner.empty() || most == 0) return {};
    const auto open = all_.open_tasks_of(owner) + under_way_.taken_by(owner);
    if (open < most) return {};
    return error{errc::quota, fmt::format("{} of your tasks are open, as many as quota.open_tasks allows", open)};
  }

  // librdkafka does not know where a record is that it had to send again.
  static std::optional<std::int64_t> offset_of(const bus::published& p) {
    return p.offset < 0 ? std::nullopt : std::optional(p.offset);
  }

  // The id is random, so nobody else can have it, and the request need not wait until `accepted` is read back.
  awaitable<result<accepted_task>> request_at_once(submission& s, steady_time begin, acceptance a) {
    // The log time of `accepted` is not before `begin`, so the request follows it within half of the recovery margin.
    const auto by =
        std::min(now() + settings_.gateway.publish_timeout, begin + settings_.processor.recovery_margin / 2);
    const auto written = co_await writer_.request(s, a, by);
    if (written.has_error()) {
      ends_.abandon(s);
      co_return bus_error(written.error(), "the task");
    }
    co_return co_await requested(s, a.expiry);
  }

  // Neither record is in the log, unless the disk answers no more: then both may be.
  error not_requested(const submission& s, const error& why) {
    if (why.code == errc::timed_out) ends_.abandon(s);
    return bus_error(why, "the task");
  }

  awaitable<result<accepted_task>> requested(submission& s, base::sys_time expiry) {
    // The task is durable and may already be running, so it is a success even if this gateway lags behind the log.
    const auto h = co_await read_back(s);
    if (h) {
      acknowledged(h);
    } else {
      unread_.put(s.request_id, s.owner, expiry);
    }
    co_return accepted_task{s.request_id, h};
  }

  // The first `accepted` of the id in the log has made the task; it may be another gateway's.
  awaitable<result<accepted_task>> after_read_back(submission& s) {
    const auto h = co_await read_back(s);
    if (!h) co_return error{errc::timed_out, "the task was written, but not read back in time"};
    const bool repeated = h->identity().accepted_by != source_;
    const auto offset = in_flight_.at(s.request_id);
    co_return co_await request_again(s, h, repeated, offset);
  }

  // The task exists. Sends its request (once more), unless that is known to be needless: the task may have been
  // accepted long ago by a gateway that died before it sent the request. The request carries the log time of the
  // `accepted`, so that a processor finds it in the log.
  awaitable<result<accepted_task>> request_again(submission& s, history_ptr h, bool repeated,
                                                 std::optional<std::int64_t> offset) {
    const auto view = h->view();
    if (view.deleted) co_return error{errc::conflict, "the task of this idempotency key was deleted; use another key"};
    // Unknown if the task has ended and its history was removed to save memory.
    if (!view.payload_hash.empty() && view.payload_hash != s.payload_hash) {
      co_return error{errc::conflict, "this idempotency key was used with another payload"};
    }
    accepted_task found{s.request_id, h, repeated};
    if (view.status != task::status::queued || acknowledged_.contains(s.request_id)) co_return found;
    const acceptance known{.expiry = view.expiry, .at = view.accepted_at, .offset = offset};
    const auto written = co_await writer_.request(s, known, publish_deadline());
    if (written.has_error() && h->moment().status == task::status::queued) {
      co_return bus_error(written.error(), "the task");
    }
    acknowledged(h);
    co_return found;
  }

  awaitable<result<void>> cancel_here(std::string request_id) {
    const auto h = all_.find(request_id);
    if (!h) co_return error{errc::not_found, "no task has this id"};
    const auto view = h->view();
    if (task::is_end(view.status)) co_return result<void>{};
    const auto by = publish_deadline();
    const auto written = co_await writer_.canceled(request_id, view.kind, by);
    co_return co_await read_back(request_id, written, by, "the cancellation",
                                 [&] { return task::is_end(h->moment().status); });
  }

  awaitable<result<void>> erase_data_here(std::string request_id) {
    const auto h = all_.find(request_id);
    if (!h) co_return error{errc::not_found, "no task has this id"};
    const auto view = h->view();
    if (!task::is_end(view.status)) co_return error{errc::invalid_argument, "the task has not ended"};
    const auto by = publish_deadline();
    const auto written = co_await writer_.deleted(request_id, view.kind, by);
    co_return co_await read_back(request_id, written, by, "the deletion",
                                 [&] { return all_.find(request_id) == nullptr; });
  }

  // Once it is durable, waits a while until it `is_read`, so that the client's next answer shows it.
  template <class Predicate>
  awaitable<result<void>> read_back(const std::string& id, const task_writer::written& w, steady_time by,
                                    std::string_view what, Predicate is_read) {
    if (w.has_error()) co_return bus_error(w.error(), what);
    co_await waits_.until(id, is_read, by);
    co_return result<void>{};
  }

  awaitable<void> expire() {
    for (;;) {
      waiting_metrics_.show(waiting_, bus_now());
      co_await base::sleep_for(expiry_poll);
      unread_.forget_before(bus_now());
      ends_.expire(bus_now());
    }
  }

  awaitable<void> tell_places() {
    for (;;) {
      co_await base::sleep_for(places_every);
      all_.tell_places(placer_.places_in_queue(bus_now()));
    }
  }

  void on_accepted(const history_ptr& h, std::optional<std::int64_t> offset) noexcept override {
    const auto& task = h->identity();
    if (const auto it = in_flight_.find(task.request_id); it != in_flight_.end()) it->second = offset;
    ends_.accepted(h);
    if (unread_.erase(task.request_id)) acknowledged(h);
    placer_.accepted(task.request_id, task.kind);
    waiting_.waits(task.request_id, task.kind, h->moment().accepted_at);
    waits_.tell(task.request_id);
  }

  void on_over(const history_ptr& h) noexcept override {
    ends_.over(h);
    const auto& id = h->identity().request_id;
    acknowledged_.erase(id);
    placer_.over(id, h->moment().ended_at);
    waiting_.waits_no_more(id);
    waits_.tell(id);
  }

  void on_run(const std::string& id, const std::string& source, base::sys_time at) noexcept override {
    placer_.is_run_by(id, source, at);
    waiting_.waits_no_more(id);
    if (!source.empty()) return;
    const auto h = all_.find(id);
    if (h && !task::is_end(h->moment().status)) {
      waiting_.waits(id, h->identity().kind, at == base::sys_time{} ? bus_now() : at);
    }
  }

  void on_offer(const task::message_view& m, base::milliseconds age) noexcept override { placer_.offered(m, age); }

  void on_deleted(const std::string& id) noexcept override {
    waits_.tell(id);
    files_.add(id);
  }

  void acknowledged(const history_ptr& h) {
    const auto view = h->view();
    if (!task::is_end(view.status)) acknowledged_.insert(view.request_id);
  }

  // The task because of which another `accepted` of this id would be ignored; nullptr: there is none.
  history_ptr current(const submission& s) const {
    auto h = all_.find(s.request_id);
    if (!h) h = all_.find_ended(s.request_id, s.kind);
    if (!h) return h;
    const auto view = h->view();
    const bool past = task::is_end(view.status) && view.kept_since + settings_.results.keep_for < bus_now();
    return past ? nullptr : h;
  }

  awaitable<history_ptr> read_back(const submission& s) {
    history_ptr h;
    const auto is_read = [&] { return (h = current(s)) != nullptr; };
    co_await waits_.until(s.request_id, is_read, now() + settings_.gateway.publish_timeout);
    co_return h;
  }

  base::sys_time bus_now() const { return all_.bus_now(); }

  histories& all_;
  const config::settings& settings_;
  base::executor loop0_;
  base::logger log_;
  const std::string source_;
  const secrets& secrets_;
  task_writer writer_;
  submission_metrics submissions_;
  // Submissions, by id, and where the `accepted` is that made the task, if that was read meanwhile.
  base::string_map<std::optional<std::int64_t>> in_flight_;
  task_placer placer_;
  waiting_tasks waiting_;
  waiting_metrics waiting_metrics_;
  task_waits waits_;  // for the submission before, for `accepted` to be read back, for an end or a deletion
  places under_way_{std::numeric_limits<std::size_t>::max()};  // submissions that may not be read back yet
  std::unordered_set<std::string> acknowledged_;               // open tasks whose request this gateway saw acknowledged
  unread_tasks unread_;  // handed to the bus, not read back yet: open tasks that no history counts
  deleted_files files_;
  bool closed_ = false;
  operations operations_;
  task_ends ends_;
  base::task_group group_;
};

std::unique_ptr<task_service_control> make_task_service(task_service_parts p) {
  return std::make_unique<bus_task_service>(std::move(p));
}

}  // namespace streamdemo::gateway
