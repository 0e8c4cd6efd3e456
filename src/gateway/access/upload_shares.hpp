// How many bytes of uploads each owner has: those under way at this gateway, and those stored for tasks that have not
// ended. The stored ones are counted from time to time; what has come in since the count began counts as well, stored
// or not. Any thread; a share goes before these.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace streamdemo::gateway {

class upload_shares {
 public:
  using bytes_by_owner = std::unordered_map<std::string, std::uint64_t>;

  // `each`: 0: no bound.
  explicit upload_shares(std::uint64_t each) : each_(each) {}

  // Of one upload, for as long as it is under way.
  class share {
   public:
    share(upload_shares& all, std::string_view owner) : all_(all), owner_(owner) {}
    ~share() { all_.done(owner_, bytes_); }
    share(const share&) = delete;
    // `bytes` more. False: the owner would have more than its share; then nothing changes. Nobody's are not counted.
    bool grow(std::uint64_t bytes) {
      if (!all_.take(owner_, bytes)) return false;
      bytes_ += bytes;
      return true;
    }
    const upload_shares& of() const noexcept { return all_; }

   private:
    upload_shares& all_;
    const std::string owner_;
    std::uint64_t bytes_ = 0;
  };

  std::uint64_t each() const noexcept { return each_; }

  // A count of what is stored: what came in before the first belongs to it, and the second has its result.
  void begin_count();
  void end_count(bytes_by_owner stored);

 private:
  bool is_counted(std::string_view owner) const noexcept { return each_ != 0 && !owner.empty(); }
  bool take(const std::string& owner, std::uint64_t bytes);
  void done(const std::string& owner, std::uint64_t bytes) noexcept;

  const std::uint64_t each_;
  std::mutex mutex_;
  // All under mutex_, and none with 0 bytes.
  bytes_by_owner under_way_;
  bytes_by_owner came_in_;  // since the last count began
  bytes_by_owner before_;   // came in before it began, and it has no result yet
  bytes_by_owner stored_;   // by the last count
};

}  // namespace streamdemo::gateway
