#include "processor/decisions/payloads.hpp"

namespace streamdemo::processor {

template <class Change>
void payloads::change(queues::value_type& q, Change c) {
  const auto rank_of = [&] { return rank{q.second.bytes, q.first}; };
  if (!q.second.here.empty()) with_some_here_.erase(rank_of());
  if (!q.second.let_go.empty()) with_some_let_go_.erase(rank_of());
  c(q.second);
  if (!q.second.here.empty()) with_some_here_.insert(rank_of());
  if (!q.second.let_go.empty()) with_some_let_go_.insert(rank_of());
}

payloads::number payloads::add(std::string_view owner, std::string_view kind, start_line::place p, std::size_t bytes) {
  std::string name(kind);
  name.append(1, '\0').append(owner);
  auto& q = *queues_.try_emplace(std::move(name)).first;
  const auto n = ++last_;
  requests_.try_emplace(n, request{&q, std::move(p), bytes});
  change(q, [&](queue& to) {
    to.here.insert(n);
    to.bytes += bytes;
    ++to.requests;
  });
  bytes_ += bytes;
  return n;
}

void payloads::erase(number n) {
  const auto it = requests_.find(n);
  const auto& r = it->second;
  auto& q = *r.in;
  change(q, [&](queue& from) {
    from.here.erase(n);
    from.let_go.erase(n);
    if (r.counts) from.bytes -= r.bytes;
    --from.requests;
  });
  if (q.second.requests == 0) queues_.erase(queues_.find(q.first));
  if (r.counts) {
    bytes_ -= r.bytes;
  } else {
    --let_go_;
  }
  requests_.erase(it);
}

void payloads::came(number n) {
  change(*requests_.find(n)->second.in, [&](queue& q) { q.here.insert(n); });
}

std::optional<start_line::place> payloads::next_to_let_go() {
  if (bytes_ <= most_ || with_some_here_.empty()) return std::nullopt;
  auto& q = *queues_.find(std::get<std::string_view>(*with_some_here_.rbegin()));
  const auto n = *q.second.here.rbegin();
  auto& r = requests_.find(n)->second;
  r.counts = false;
  change(q, [&](queue& from) {
    from.here.erase(n);
    if (!is_too_large(r)) from.let_go.insert(n);
    from.bytes -= r.bytes;
  });
  bytes_ -= r.bytes;
  ++let_go_;
  return r.place;
}

std::optional<start_line::place> payloads::next_to_read() {
  if (bytes_ <= most_ / 2) refilling_ = true;
  if (!refilling_ || with_some_let_go_.empty()) return std::nullopt;
  auto& q = *queues_.find(std::get<std::string_view>(*with_some_let_go_.begin()));
  const auto n = *q.second.let_go.begin();
  auto& r = requests_.find(n)->second;
  if (bytes_ + r.bytes > most_) {
    refilling_ = false;
    return std::nullopt;
  }
  r.counts = true;
  change(q, [&](queue& from) {
    from.let_go.erase(n);
    from.bytes += r.bytes;
  });
  bytes_ += r.bytes;
  --let_go_;
  return r.place;
}

}  // namespace streamdemo::processor
