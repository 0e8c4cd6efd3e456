// SHA-256 as lower-case hex, whole or piece by piece. One hasher belongs to one thread at a time.
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
  std::string hex();  // 64 characters; ends the hasher's life

 private:
  struct state;
  std::unique_ptr<state> state_;
};

std::string sha256_hex(std::string_view bytes);
// The 32 bytes themselves.
std::string sha256_bytes(std::string_view bytes);

}  // namespace streamdemo::base
