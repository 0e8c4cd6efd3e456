// Static keys out of a file (auth.mode = "keys"), read again when it changes. A file that is wrong changes nothing: the
// keys from before stay, and one line says why.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/gateway/access/key_file.hpp>

#include <filesystem>
#include <map>
#include <unordered_map>

#include "gateway/access/snapshot.hpp"
#include "gateway/access/token_verifier.hpp"

namespace streamdemo::gateway {

class key_ring final : public token_verifier {
 public:
  key_ring(std::filesystem::path file, const base::logger& log);

  judgement verify(std::string_view token, base::sys_time now) const override;
  bool still_holds(const principal& p) const override;
  key_changes look() override;
  std::optional<std::string> not_ready() const override;

  static constexpr std::string_view issuer = "keys";

 private:
  struct keys {
    std::unordered_map<base::sha256_digest, principal_ptr, base::hash_of_digest> by_hash;
    std::unordered_map<std::string, principal_ptr> by_id;
  };
  // Tells one content of the file from another.
  struct stamp {
    std::uint64_t inode = 0;
    std::int64_t changed = 0;  // the content, or who may read it
    std::uint64_t size = 0;
    bool operator==(const stamp&) const = default;
  };

  stamp stamp_now() const;

  const std::filesystem::path file_;
  base::logger log_;
  std::optional<stamp> seen_;
  std::string trouble_;                      // the last that was told
  std::map<std::string, stored_key> lines_;  // by id, as they were read last; look() only
  snapshot<keys> keys_;
};

}  // namespace streamdemo::gateway
