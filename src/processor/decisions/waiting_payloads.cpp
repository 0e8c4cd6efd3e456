#include "processor/decisions/waiting_payloads.hpp"

namespace streamdemo::processor {

using payload_state = owned_request::payload_state;

void waiting_payloads::count(const partition_state& p, owned_request& r) {
  const auto size = r.record->value.size();
  if (r.had_turn || r.payload_number != 0 || r.payload != payload_state::here || size < options_.small_payload) return;
  r.payload_number = held_.add(r.owner, r.kind, {p.number, r.id}, size);
}

void waiting_payloads::count_no_longer(owned_request& r) {
  if (r.payload_number != 0) held_.erase(std::exchange(r.payload_number, 0));
}

void waiting_payloads::comes_again(owned_request& r, bus::delivery& d) {
  if (r.payload == payload_state::lost) return r.take_other(d.record);
  const bool is_same = r.is_record(*d.record);
  if (is_same && r.payload == payload_state::here) {
    d.record = r.record;
  } else if (d.record->value.size() >= options_.small_payload) {
    d.record = is_same ? r.record : without_payload(*d.record);
    out_.emplace_back(recount{d, d.record->bytes()});
  }
}

void waiting_payloads::balance(bool may_read) {
  while (const auto where = held_.next_to_let_go()) {
    auto& r = at(*where);
    r.let_go_of_payload();
    recount_first(r);
  }
  if (!may_read) return;
  while (const auto where = held_.next_to_read()) ask(*partitions_.find(where->partition), at(*where));
}

void waiting_payloads::ask(const partition_state& p, owned_request& r) {
  if (r.payload != payload_state::let_go) return;
  r.payload = payload_state::coming;
  out_.emplace_back(read_payload{p.number, r.id, r.record});
}

bool waiting_payloads::answered(const read_payload& asked, owned_request& r, base::record_ptr whole) {
  // It may have been asked for under an earlier assignment.
  if (r.payload != payload_state::coming || !r.is_record(*asked.request)) return false;
  // Where it was there may be another record, if the topic was made anew.
  if (whole && whole->headers == r.record->headers) {
    r.take_payload(std::move(whole));
    recount_first(r);
    if (r.payload_number != 0) held_.came(r.payload_number);
  } else {
    r.payload = payload_state::lost;
    count_no_longer(r);
  }
  return true;
}

owned_request& waiting_payloads::at(const start_line::place& where) {
  return *partitions_.request(where.partition, where.task);
}

void waiting_payloads::recount_first(const owned_request& r) {
  for (const auto& d : r.deliveries) {
    if (d.record == r.record) out_.emplace_back(recount{d, r.record->bytes()});
  }
}

}  // namespace streamdemo::processor
