#include <streamdemo/base/partition.hpp>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/task/admission.hpp>

namespace streamdemo::task {

std::optional<message_view> admission::admit(const base::record& r) {
  auto m = decode(r);
  if (!m) {
    unreadable(r, m.error());
    return std::nullopt;
  }
  // A sign of life belongs to no task, so it may be in any partition.
  if (m->type == message_type::alive) return *m;
  const auto home = base::partition_for(m->request_id, partitions_);
  if (home == r.partition) return *m;
  misplaced(r, *m, home);
  return std::nullopt;
}

void admission::unreadable(const base::record& r, const base::error& why) {
  counters_.unreadable.Increment();
  quiet_unreadable_.say(clock_.now(), [&](std::size_t n) {
    log_.warning("ignored {} record(s) of {}, the last at {}/{}: {}; correct the program that wrote it ({})", n,
                 r.topic, r.partition, r.offset, why.message,
                 base::shown(r.header_value("ce_source").value_or("no ce_source")));
  });
}

void admission::misplaced(const base::record& r, const message_view& m, std::int32_t home) {
  counters_.misplaced.Increment();
  quiet_misplaced_.say(clock_.now(), [&](std::size_t n) {
    log_.warning(
        "ignored {} record(s), the last of task {} in partition {} of {}: answers belong to partition {}, the number "
        "of the request's own; correct the program that wrote them ({})",
        n, base::shown(m.request_id), r.partition, r.topic, home, base::shown(m.source));
  });
}

}  // namespace streamdemo::task
