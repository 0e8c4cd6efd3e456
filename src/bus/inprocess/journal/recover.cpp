#include "bus/inprocess/journal/recover.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace streamdemo::bus::inprocess::journal {

namespace {

constexpr std::size_t chunk_records = 1000;
constexpr std::size_t chunk_bytes = 4 << 20;

// From where on a group needs the records of a partition.
std::int64_t needed_from(const store& s, const recovered_topic& t, std::int32_t partition) {
  const auto& log = t.data.log(partition);
  std::optional<std::int64_t> from;
  for (const auto& [place, entry] : s.commits()) {
    if (place.topic != t.number || place.partition != partition) continue;
    from = std::min(from.value_or(entry.offset), entry.offset);
  }
  const auto begin = t.data.kept_from(partition);
  if (!from) return t.data.spec().full == when_full::refuse ? begin : log.end();
  return std::max(*from, begin);
}

result<void> load(const store& s, recovered_topic& t, std::int32_t partition) {
  const auto& name = t.data.spec().name;
  const auto end = t.data.log(partition).end();
  for (auto next = needed_from(s, t, partition); next < end;) {
    auto records = s.read(t.number, partition, next, end, chunk_records, chunk_bytes);
    if (!records) return records.error();
    if (records->empty() || records->front().offset != next ||
        records->back().offset - next >= std::int64_t(records->size())) {
      return error{errc::corrupt, fmt::format("the journal lacks records of partition {} of topic '{}' past offset {}",
                                              partition, name, next)};
    }
    next = records->back().offset + 1;
    for (auto& r : *records) {
      r.topic = name;
      t.data.restore(std::move(r));
    }
  }
  return {};
}

}  // namespace

result<recovered_topic> recover(store& s, const topic_spec& spec) {
  const auto known = s.topics().find(spec.name);
  if (known == s.topics().end()) {
    auto added = s.add_topic(spec.name, spec.partitions);
    if (!added) return added.error();
    return recovered_topic{added->number, topic(spec, added->partitions)};
  }
  const auto& stored = known->second;
  if (stored.partitions.size() != std::size_t(spec.partitions)) {
    return error{
        errc::invalid_argument,
        fmt::format("topic '{}': the journal has it with {} partitions, {} were asked for; use the same number, "
                    "another name or another directory",
                    spec.name, stored.partitions.size(), spec.partitions)};
  }
  recovered_topic t{stored.number, topic(spec, stored.partitions)};
  for (std::int32_t p = 0; p < spec.partitions; ++p) {
    if (auto loaded = load(s, t, p); !loaded) return loaded.error();
  }
  return t;
}

}  // namespace streamdemo::bus::inprocess::journal
