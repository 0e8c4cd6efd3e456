// A part of an artifact as the body of an answer, read piece by piece as the socket takes it. On the connection's loop.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/http/message.hpp>

namespace streamdemo::gateway {

class file_body final : public http::body_source {
 public:
  // `files` outlives it.
  file_body(artifacts::store& files, artifacts::file f, std::uint64_t offset, std::uint64_t size)
      : files_(files), file_(std::move(f)), offset_(offset), size_(size), left_(size) {}

  std::uint64_t size() const override { return size_; }

  base::awaitable<base::result<std::string>> next(std::size_t max) override {
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(max, left_));
    auto piece = co_await files_.read(file_, offset_, n);
    if (piece) {
      offset_ += piece->size();
      left_ -= std::min<std::uint64_t>(left_, piece->size());
    }
    co_return piece;
  }

  void back(std::size_t bytes) override {
    offset_ -= bytes;
    left_ += bytes;
  }

 private:
  artifacts::store& files_;
  artifacts::file file_;
  std::uint64_t offset_;
  std::uint64_t size_;
  std::uint64_t left_;
};

}  // namespace streamdemo::gateway
