// SHA-256, of a whole text or piece by piece. A sha256 object is used by one thread at a time.
#pragma once
#include <memory>
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
// The digest as 32 bytes.
std::string sha256_bytes(std::string_view bytes);

}  // namespace streamdemo::base
