#include "gateway/tasks/task_ends.hpp"

namespace streamdemo::gateway {

namespace {

// If a task is past its expiry and has not ended, its end is written again after this time.
constexpr base::milliseconds expiry_again{10'000};

}  // namespace

void task_ends::abandon(const submission& s) {
  write(s.request_id, s.kind, task::status::canceled,
        "The gateway could not hand the task over; its client was told to try again.");
}

// The gateway that accepted the task ends it first; the others wait longer, in case that one is gone.
void task_ends::accepted(const history_ptr& h) {
  const bool own = h->identity().accepted_by == source_;
  const auto grace = own ? 0 : std::uniform_int_distribution<>(5000, 10'000)(random_);
  schedule_.put(h, h->moment().expiry + base::milliseconds(grace));
}

void task_ends::expire(base::sys_time now) {
  for (const auto& h : schedule_.take(now, expiry_again)) {
    if (task::is_end(h->moment().status)) continue;
    write(h->identity().request_id, h->identity().kind, task::status::expired,
          "The task did not end before its deadline.");
  }
}

void task_ends::write(const std::string& id, const std::string& kind, task::status how, std::string_view reason) {
  auto here = std::make_shared<operations::in_progress>(operations_);
  const auto by = std::chrono::steady_clock::now() + publish_timeout_;
  writer_.end(id, kind, how, reason, by, [this, here, id](base::result<bus::published> done) {
    if (done.has_value()) return;
    log_.warning("the end of task {} could not be written, its expiry will end it: {}", id, done.error().message);
  });
}

}  // namespace streamdemo::gateway
