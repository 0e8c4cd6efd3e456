// The body of the request that a connection is handling. If an endpoint keeps it longer than the request, its reads
// fail with errc::closed.
#pragma once
#include <streamdemo/http/message.hpp>

namespace streamdemo::http {

class connection;

class connection_body final : public body_reader {
 public:
  explicit connection_body(connection& c) noexcept : connection_(&c) {}
  void detach() noexcept { connection_ = nullptr; }

  std::optional<std::uint64_t> content_length() const override;
  base::awaitable<result<std::string>> next() override;
  base::awaitable<result<std::string>> read_all(std::uint64_t max_bytes) override;

 private:
  connection* connection_;
};

}  // namespace streamdemo::http
