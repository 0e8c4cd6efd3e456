#include "gateway/history/rested_history.hpp"

#include <limits>

namespace streamdemo::gateway {

namespace {

std::optional<std::array<std::uint8_t, 32>> digest_of(std::string_view text) noexcept {
  std::array<std::uint8_t, 32> bytes{};
  if (text.size() != 2 * bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_number = c >= '0' && c <= '9';
    if (!is_number && (c < 'a' || c > 'f')) return std::nullopt;
    bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] << 4 | (is_number ? c - '0' : c - 'a' + 10));
  }
  return bytes;
}

void put_digest(std::string& out, const std::array<std::uint8_t, 32>& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  out.resize(2 * digest.size());
  auto* at = out.data();
  for (const auto b : digest) {
    *at++ = digits[b >> 4];
    *at++ = digits[b & 15];
  }
}

template <std::size_t N>
void put_number(packed_text<N>& into, shared_names::number n) {
  for (std::size_t i = 0; i < sizeof(n); ++i) into.bytes[i] = static_cast<std::uint8_t>(n >> 8 * i);
  into.is_name = true;
}

template <std::size_t N>
shared_names::number number_in(const packed_text<N>& t) noexcept {
  shared_names::number n = 0;
  for (std::size_t i = 0; i < sizeof(n); ++i) n |= static_cast<shared_names::number>(t.bytes[i]) << 8 * i;
  return n;
}

template <class Bytes>
packed_text<std::tuple_size_v<Bytes>> pack(const std::optional<Bytes>& bytes, std::string_view text,
                                           shared_names& names) {
  packed_text<std::tuple_size_v<Bytes>> packed;
  if (bytes) {
    packed.bytes = *bytes;
  } else {
    put_number(packed, names.hold(text));
  }
  return packed;
}

}  // namespace

std::optional<rested_history> rested_history::of(const task_view& v, const place& p, shared_names& names) {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  if (v.last_seq >= most || p.disk_from > most || v.results > static_cast<std::uint64_t>(most)) return std::nullopt;
  rested_history r;
  r.id_ = pack(base::bytes_of_id(v.request_id), v.request_id, names);
  r.payload_hash_ = pack(digest_of(v.payload_hash), v.payload_hash, names);
  r.status_ = v.status;
  r.kind_ = names.hold(v.kind);
  r.accepted_by_ = names.hold(v.accepted_by);
  r.owner_ = names.hold(v.owner);
  r.epoch_ = p.epoch;
  r.last_seq_ = static_cast<std::uint32_t>(v.last_seq);
  r.results_begin_ = static_cast<std::uint32_t>(v.results_begin);
  r.results_ = static_cast<std::uint32_t>(v.results);
  r.disk_from_ = static_cast<std::uint32_t>(p.disk_from);
  r.accepted_at_ = v.accepted_at;
  r.expiry_ = v.expiry;
  r.ended_at_ = v.ended_at;
  r.result_bytes_ = v.result_bytes;
  r.disk_bytes_ = p.disk_bytes;
  r.fraction_ = v.fraction;
  return r;
}

void rested_history::let_go(shared_names& names) const {
  if (id_.is_name) names.let_go(number_in(id_));
  if (payload_hash_.is_name) names.let_go(number_in(payload_hash_));
  for (const auto n : {kind_, accepted_by_, owner_}) names.let_go(n);
}

std::string rested_history::request_id(const shared_names& names) const {
  return id_.is_name ? names.text(number_in(id_)) : base::text_of_id(id_.bytes);
}

bool rested_history::has_id(std::string_view request_id, const shared_names& names) const {
  if (id_.is_name) return names.text(number_in(id_)) == request_id;
  return base::bytes_of_id(request_id) == id_.bytes;
}

void rested_history::view(task_view& v, const shared_names& names) const {
  v.request_id.clear();
  if (id_.is_name) {
    v.request_id = names.text(number_in(id_));
  } else {
    base::append_id(v.request_id, id_.bytes);
  }
  v.kind = names.text(kind_);
  if (payload_hash_.is_name) {
    v.payload_hash = names.text(number_in(payload_hash_));
  } else {
    put_digest(v.payload_hash, payload_hash_.bytes);
  }
  v.accepted_by = names.text(accepted_by_);
  v.owner = names.text(owner_);
  v.status = status_;
  v.accepted_at = accepted_at_;
  v.expiry = expiry_;
  v.ended_at = ended_at_;
  v.last_seq = last_seq_;
  v.first_kept = disk_from_;
  v.results_begin = results_begin_;
  v.results = results_;
  v.result_bytes = result_bytes_;
  v.fraction = fraction_;
}

}  // namespace streamdemo::gateway
