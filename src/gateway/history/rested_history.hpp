// What memory has of a history that is at rest: its task has ended, none of its events is in memory, and all that can
// still be read are in the store. A value of fixed size, of which a kept_history is made again when somebody asks
// (history_index). When this gateway itself read and wrote its events is forgotten.
#pragma once
#include <streamdemo/base/id.hpp>

#include <array>
#include <optional>

#include "gateway/history/histories.hpp"
#include "gateway/history/shared_names.hpp"

namespace streamdemo::gateway {

// A text of hexadecimal digits as bytes; any other is kept as a name.
template <std::size_t N>
struct packed_text {
  std::array<std::uint8_t, N> bytes{};
  bool is_name = false;
};

class rested_history {
 public:
  // Which of its events the store has, up to the last; and in which epoch of its partition it was last read.
  struct place {
    std::int64_t disk_from = 1;
    std::uint64_t disk_bytes = 0;
    std::uint32_t epoch = 0;
  };

  // nullopt: it does not fit, because it has more than four billion events. It holds names until let_go().
  static std::optional<rested_history> of(const task_view& v, const place& p, shared_names& names);
  void let_go(shared_names& names) const;

  // As it was, without kept_since. Into `v`, whose memory is used again if it comes from another one at rest.
  void view(task_view& v, const shared_names& names) const;
  place where() const noexcept { return {disk_from_, disk_bytes_, epoch_}; }
  std::string request_id(const shared_names& names) const;
  bool has_id(std::string_view request_id, const shared_names& names) const;
  const std::string& owner(const shared_names& names) const { return names.text(owner_); }
  base::sys_time accepted_at() const noexcept { return accepted_at_; }
  std::uint32_t epoch() const noexcept { return epoch_; }
  void set_epoch(std::uint32_t e) noexcept { epoch_ = e; }
  // How many names it holds that nothing else has: of an id or a hash of another form.
  std::size_t own_names() const noexcept { return std::size_t{id_.is_name} + std::size_t{payload_hash_.is_name}; }

 private:
  packed_text<16> id_;
  packed_text<32> payload_hash_;
  task::status status_ = task::status::failed;
  shared_names::number kind_ = 0;
  shared_names::number accepted_by_ = 0;
  shared_names::number owner_ = 0;
  std::uint32_t epoch_ = 0;
  std::uint32_t last_seq_ = 0;
  std::uint32_t results_begin_ = 0;
  std::uint32_t results_ = 0;
  std::uint32_t disk_from_ = 1;
  base::sys_time accepted_at_{};
  base::sys_time expiry_{};
  base::sys_time ended_at_{};
  std::uint64_t result_bytes_ = 0;
  std::uint64_t disk_bytes_ = 0;
  double fraction_ = -1;
};

}  // namespace streamdemo::gateway
