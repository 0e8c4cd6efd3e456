// The events of one task whose way to the clients is traced, until they are written for the first time: one span for
// each event at each gateway, however many clients read it. Bounded: the newest sixteen wait, and after 128 no more of
// a task are traced. One thread at a time; its history's mutex sees to that.
#pragma once
#include <streamdemo/base/record.hpp>
#include <streamdemo/task/vocabulary.hpp>
#include <streamdemo/tracing/tracer.hpp>

#include <string>
#include <vector>

namespace streamdemo::gateway {

class traced_events {
 public:
  static constexpr std::size_t most_waiting = 16;
  static constexpr int most_traced = 128;

  // `t` outlives it. The record: one of the task's.
  traced_events(tracing::tracer& t, const base::record& r);

  // The span that an event of such a record is to hang below. nullopt: its way is not traced, but only that of results
  // and ends, of traces that are recorded.
  static std::optional<tracing::trace_context> parent_of(task::message_type type,
                                                         std::string_view traceparent) noexcept;
  void add(std::int64_t seq, task::message_type type, const tracing::trace_context& parent, const base::record& r,
           base::sys_time read);

  // Events that were written. They go to the tracer when this is destroyed.
  class arrivals {
   public:
    arrivals() = default;
    arrivals(arrivals&&) = default;
    arrivals& operator=(arrivals&&) = default;
    ~arrivals();

   private:
    friend traced_events;
    tracing::tracer* tracer_ = nullptr;
    std::vector<tracing::span_ptr> spans_;
  };
  // The events after `after` up to `last` were written.
  arrivals take(std::int64_t after, std::int64_t last, base::sys_time at);

  // What it takes at most.
  static std::size_t bytes() noexcept { return sizeof(traced_events) + most_waiting * sizeof(waiting); }

 private:
  struct waiting {
    std::int64_t seq;
    std::int64_t offset;
    std::size_t size;
    base::sys_time read;
    tracing::trace_context parent;
    task::message_type type;
  };
  tracing::span_ptr span_of(const waiting& w) const;

  tracing::tracer& tracer_;
  base::record about_;  // the topic, partition and key of all its records
  std::vector<waiting> waiting_;
  int traced_ = 0;
};

}  // namespace streamdemo::gateway
