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

base::awaitable<result<std::size_t>> connection_body::read(char* data, std::size_t size) {
  if (connection_ == nullptr) co_return over();
  auto got = co_await connection_->read_body(data, size, false);
  if (connection_ != nullptr) connection_->watch_peer();
  co_return got;
}

base::awaitable<result<std::string>> connection_body::read_all(std::uint64_t max_bytes) {
  if (connection_ == nullptr) co_return over();
  const auto declared = connection_->parser_.content_length();
  if (declared && *declared > max_bytes) {
    co_return error{errc::too_large, fmt::format("the body has {} bytes, {} are taken", *declared, max_bytes)};
  }
  std::string all;
  // What a client only announces is not reserved for it.
  all.reserve(std::min<std::uint64_t>(declared.value_or(4096), 65536));
  connection_->wait_at_most(connection_->loop_.parts().options.request_timeout);
  for (;;) {
    const auto before = all.size();
    all.resize(before + std::min<std::uint64_t>(server_loop::scratch_bytes, max_bytes + 1 - before));
    auto got = co_await connection_->read_body(all.data() + before, all.size() - before, true);
    if (connection_ == nullptr) co_return over();
    all.resize(before + (got ? *got : 0));
    if (got && *got > 0 && all.size() <= max_bytes) continue;
    connection_->watch_peer();
    if (!got) co_return got.error();
    if (all.size() > max_bytes) {
      co_return error{errc::too_large, fmt::format("the body has more than the {} bytes taken", max_bytes)};
    }
    // Whoever keeps a small body would keep the room of a whole read with it.
    all.shrink_to_fit();
    co_return all;
  }
}

}  // namespace streamdemo::http
