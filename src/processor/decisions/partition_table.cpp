#include "processor/decisions/partition_table.hpp"

#include <algorithm>

namespace streamdemo::processor {

partition_state* partition_table::find(std::int32_t number) {
  const auto it = all_.find(number);
  return it == all_.end() ? nullptr : it->second.get();
}

partition_state& partition_table::open(std::int32_t number) {
  auto& p = all_[number];
  if (!p) p = std::make_unique<partition_state>(number, options_);
  return *p;
}

owned_request* partition_table::request(std::int32_t partition, std::string_view task) {
  auto* p = find(partition);
  if (p == nullptr) return nullptr;
  const auto it = p->requests.find(task);
  return it == p->requests.end() ? nullptr : &it->second;
}

owned_request* partition_table::find_run(partition_state* p, const run_key& key) {
  if (p == nullptr) return nullptr;
  const auto it = p->requests.find(key.task);
  if (it == p->requests.end() || !it->second.run || it->second.run->id != key.run) return nullptr;
  return &it->second;
}

void partition_table::close_if_idle(partition_state& p) {
  if (!p.is_idle()) return;
  if (p.is_followed()) out_.emplace_back(unfollow{p.number});
  all_.erase(p.number);
}

void partition_table::ask_for_ends(std::uint64_t& next_question) {
  for (auto& [number, p] : all_) {
    auto& q = p->questions;
    // If the partition is not read yet, its end is needed to begin, even without a request.
    if (q.is_asking() || (p->is_followed() && !q.has_unasked())) continue;
    const auto token = next_question++;
    q.ask(token);
    out_.emplace_back(ask_end{number, token});
  }
}

bool partition_table::all_read() const noexcept {
  return std::all_of(all_.begin(), all_.end(), [](const auto& of) {
    const auto& p = *of.second;
    return p.topics().empty() || (p.is_followed() && p.position() >= p.end_when_followed());
  });
}

std::size_t partition_table::remembered_bytes() const noexcept {
  std::size_t bytes = 0;
  for (const auto& [number, p] : all_) bytes += p->remembered_bytes();
  return bytes;
}

void partition_table::forget_ended_before(sys_time until) {
  for (auto& [number, p] : all_) p->forget_ended_before(until);
}

}  // namespace streamdemo::processor
