#include "gateway/history/traced_events.hpp"

#include <streamdemo/tracing/messaging.hpp>

namespace streamdemo::gateway {

traced_events::traced_events(tracing::tracer& t, const base::record& r) : tracer_(t) {
  about_.topic = r.topic;
  about_.partition = r.partition;
  about_.key = r.key;
}

std::optional<tracing::trace_context> traced_events::parent_of(task::message_type type,
                                                               std::string_view traceparent) noexcept {
  if (traceparent.empty() || tracing::is_unsampled(traceparent)) return std::nullopt;
  if (type != task::message_type::result && type != task::message_type::ended) return std::nullopt;
  auto c = tracing::parse_traceparent(traceparent);
  if (c && !c->sampled()) c.reset();
  return c;
}

void traced_events::add(std::int64_t seq, task::message_type type, const tracing::trace_context& parent,
                        const base::record& r, base::sys_time read) {
  if (traced_ == most_traced) return;
  ++traced_;
  if (waiting_.capacity() == 0) waiting_.reserve(most_waiting);
  // Nobody reads it, or not yet.
  if (waiting_.size() == most_waiting) waiting_.erase(waiting_.begin());
  waiting_.push_back({seq, r.offset, r.value.size(), read, parent, type});
}

tracing::span_ptr traced_events::span_of(const waiting& w) const {
  auto parent = tracing::format(w.parent);
  auto s = tracer_.begin(parent, tracing::span_kind::consumer, w.read);
  if (!s) return s;
  tracing::describe(*s, tracer_, tracing::operation::process, "deliver", about_);
  tracing::set_offset(*s, tracer_, w.offset);
  s->set("messaging.message.body.size", static_cast<std::int64_t>(w.size));
  s->set("streamdemo.event.seq", w.seq);
  s->set("streamdemo.event.type", task::to_string(w.type));
  return s;
}

traced_events::arrivals traced_events::take(std::int64_t after, std::int64_t last, base::sys_time at) {
  arrivals out;
  out.tracer_ = &tracer_;
  std::erase_if(waiting_, [&](const waiting& w) {
    if (w.seq <= after || w.seq > last) return false;
    if (auto s = span_of(w)) {
      s->end = at;
      out.spans_.push_back(std::move(s));
    }
    return true;
  });
  return out;
}

traced_events::arrivals::~arrivals() {
  for (auto& s : spans_) {
    const auto at = s->end;
    tracer_->end(std::move(s), at);
  }
}

}  // namespace streamdemo::gateway
