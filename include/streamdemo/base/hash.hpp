// SHA-256, of a whole text or piece by piece. A sha256 object is used by one thread at a time; the functions by any.
#pragma once
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::base {

class sha256 {
 public:
  sha256();
  ~sha256();
  sha256(sha256&&) noexcept;
  sha256& operator=(sha256&&) noexcept;
  void update(std::string_view bytes);
  std::string hex();  // 64 lower-case characters; no call may follow

 private:
  struct state;
  std::unique_ptr<state> state_;
};

std::string sha256_hex(std::string_view bytes);

using sha256_digest = std::array<char, 32>;
sha256_digest sha256_bytes(std::string_view bytes);
std::string to_hex(std::string_view bytes);  // two lower-case characters for each
inline std::string to_hex(const sha256_digest& d) {
  return to_hex(std::string_view(d.data(), d.size()));
}
// nullopt: to_hex() gives this text for no digest.
std::optional<sha256_digest> digest_from_hex(std::string_view text) noexcept;

// SHA-1: only where a protocol demands it, and nothing depends on its strength.
using sha1_digest = std::array<char, 20>;
sha1_digest sha1_bytes(std::string_view bytes);

// Of a map by digests. All of their bytes are random, so that any few do.
struct hash_of_digest {
  std::size_t operator()(const sha256_digest& d) const noexcept {
    std::size_t first = 0;
    std::memcpy(&first, d.data(), sizeof first);
    return first;
  }
};

}  // namespace streamdemo::base
