#include "gateway/history/step_views.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace streamdemo::gateway {

namespace {

constexpr std::size_t max_progress_bytes = 4096;

}  // namespace

task::event_ptr event_of(const task::step& s, const task::message_view& m, const base::record& r) {
  return task::make_event({.type = s.type,
                           .request_id = m.request_id,
                           .seq = s.seq,
                           .attempt = s.state->attempt,
                           .time = m.time,
                           .log_time = r.log_time,
                           .source = m.source,
                           .resumed = s.type == task::message_type::started ? std::optional(s.resumed) : std::nullopt,
                           .content_type = s.content_type,
                           .payload = s.payload});
}

double fraction_of(const task::step& s) {
  if (s.type != task::message_type::progress || s.payload.size() > max_progress_bytes) return -1;
  boost::json::error_code ec;
  const auto value = boost::json::parse(s.payload, ec);
  if (ec || !value.is_object()) return -1;
  const auto* f = value.get_object().if_contains("fraction");
  if (f == nullptr || !f->is_number()) return -1;
  const auto n = f->to_number<double>(ec);
  return ec || n < 0 || n > 1 ? -1 : n;
}

task_view accepted_view(const task::task_state& t) {
  task_view first;
  first.request_id = t.request_id;
  first.kind = t.kind;
  first.payload_hash = t.payload_hash;
  first.accepted_by = t.accepted_by;
  first.owner = t.owner;
  first.accepted_at = t.accepted_at;
  first.expiry = t.expiry;
  return first;
}

task_view ended_view(const task::task_state& t, std::string_view kind) {
  task_view over;
  over.request_id = t.request_id;
  over.kind = kind;
  over.status = *t.end;
  over.ended_at = over.kept_since = t.ended_at;
  over.last_seq = t.last_seq;
  over.first_kept = t.last_seq + 1;
  over.deleted = t.deleted;
  return over;
}

}  // namespace streamdemo::gateway
