#include "gateway/history/history_notebook.hpp"

#include <streamdemo/base/partition.hpp>

#include <algorithm>

namespace streamdemo::gateway {

namespace {

// Of one batch of records, about so much is written together.
constexpr std::size_t together_bytes = 256 << 10;
// How often the places in the log are noted though no task has changed.
constexpr int sweeps_between_places = 10;

}  // namespace

history_notebook::history_notebook(std::string shape, history_disk& disk, const history_index& index,
                                   std::vector<partition_state>& partitions)
    : shape_(std::move(shape)), disk_(disk), index_(index), partitions_(partitions) {}

void history_notebook::touched(const std::string& request_id) {
  if (whole_ && (touched_.empty() || touched_.back() != request_id)) touched_.push_back(request_id);
}

void history_notebook::applied(const base::record& r) {
  if (const auto i = static_cast<std::size_t>(r.partition); i < partitions_.size()) partitions_[i].last = &r;
  if (disk_.fresh_bytes() > together_bytes) write();
}

void history_notebook::move_places() {
  for (auto& p : partitions_) {
    if (p.last == nullptr) continue;
    p.place = histories::place{p.last->offset, histories::name_of(*p.last)};
    p.last = nullptr;
    p.moved = true;
  }
}

void history_notebook::write() {
  move_places();
  if (!touched_.empty() && whole_ && disk_.works()) {
    std::sort(touched_.begin(), touched_.end());
    touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
    const auto n = static_cast<std::int32_t>(partitions_.size());
    for (const auto& id : touched_) {
      const auto& fold = partitions_[static_cast<std::size_t>(base::partition_for(id, n))].fold;
      if (const auto* t = fold.find(id)) note_task(*t);
    }
    for (auto& p : partitions_) {
      if (p.moved) note_place(p);
    }
  }
  touched_.clear();
  disk_.hand_over();
}

void history_notebook::note_task(const task::task_state& t) {
  const auto h = index_.kept(t.request_id);
  if (t.end) disk_.note(no_longer_open(t.request_id));
  disk_.note(to_note(note_of(t, h.get())));
}

void history_notebook::note_place(partition_state& p) {
  p.moved = false;
  if (!p.place) return;
  const auto number = static_cast<std::int32_t>(&p - partitions_.data());
  disk_.note(to_note(place_note{.partition = number, .place = *p.place, .clock = p.clock.now()}));
}

void history_notebook::begin_anew() {
  disk_.note(erase_all_notes());
  whole_ = false;
}

// The note of the shape comes last: without it, nothing counts.
void history_notebook::write_all() {
  touched_.clear();
  const bool reads_anew = std::any_of(partitions_.begin(), partitions_.end(), [](auto& p) { return p.restarting; });
  if (reads_anew || !disk_.works()) return;
  for (const auto& p : partitions_) {
    p.fold.for_each([&](const task::task_state& t) {
      note_task(t);
      if (disk_.fresh_bytes() > together_bytes) disk_.hand_over();
    });
  }
  for (auto& p : partitions_) note_place(p);
  disk_.note(shape_note(shape_));
  disk_.hand_over();
  whole_ = true;
}

void history_notebook::sweep() {
  if (++sweeps_ % sweeps_between_places == 0 && whole_ && disk_.works()) {
    std::optional<base::sys_time> first;
    for (auto& p : partitions_) {
      if (p.moved) note_place(p);
      if (p.forgotten != base::sys_time{} && (!first || p.forgotten < *first)) first = p.forgotten;
    }
    if (first) disk_.note(erase_ends_before(*first));
  }
  write();
}

}  // namespace streamdemo::gateway
