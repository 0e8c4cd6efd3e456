#include "http/connection_body.hpp"

#include "http/connection.hpp"
#include "http/server_loop.hpp"

namespace streamdemo::http {

namespace {

error over() {
  return {errc::closed, "the body was read after its request was answered"};
}

}  // namespace

std::optional<std::uint64_t> connection_body::content_length() const {
  return connection_ != nullptr ? connection_->parser_.content_length() : 0;
}

base::awaitable<result<std::string>> connection_body::next() {
  if (connection_ == nullptr) co_return over();
  std::string piece;
  auto got = co_await connection_->read_piece(piece);
  if (connection_ == nullptr) co_return over();
  connection_->watch_peer();
  if (!got) co_return got.error();
  co_return piece;
}

base::awaitable<result<std::string>> connection_body::read_all(std::uint64_t max_bytes) {
  if (connection_ == nullptr) co_return over();
  const auto declared = connection_->parser_.content_length();
  if (declared && *declared > max_bytes) {
    co_return error{errc::too_large, fmt::format("the body has {} bytes, {} are taken", *declared, max_bytes)};
  }
  // Memory is reserved for received bytes only, not for a size that a client announces.
  std::string all;
  connection_->wait_at_most(connection_->loop_.parts().options.request_timeout);
  for (;;) {
    const auto before = all.size();
    // Double the capacity, but not beyond what the largest allowed body needs.
    if (before >= server_loop::scratch_bytes && all.capacity() - before < server_loop::scratch_bytes) {
      all.reserve(std::min<std::uint64_t>(2 * all.capacity(), max_bytes + server_loop::scratch_bytes));
    }
    const auto got = co_await connection_->read_body(all);
    if (connection_ == nullptr) co_return over();
    const bool fits = all.size() <= max_bytes;
    const bool room = connection_->keep(all.capacity());
    if (got && fits && room && all.size() > before) continue;
    connection_->watch_peer();
    if (!got) co_return got.error();
    if (!fits) co_return error{errc::too_large, fmt::format("the body has more than the {} bytes taken", max_bytes)};
    if (!room) co_return error{errc::full, std::string(no_room)};
    // The caller may keep the body, so do not let a small one hold the capacity of a whole read.
    all.shrink_to_fit();
    connection_->keep(all.capacity());
    co_return all;
  }
}

}  // namespace streamdemo::http
