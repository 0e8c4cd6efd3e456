#include "gateway/access/key_feed.hpp"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "gateway/access/https_get.hpp"
#include "gateway/access/jwk_set.hpp"

namespace streamdemo::gateway {

namespace {

using base::errc;
using feed_text = base::result<std::string>;

feed_text small_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return base::error{errc::not_found, fmt::format("cannot be read: {}", std::generic_category().message(errno))};
  std::string text(max_jwk_set_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return base::error{errc::io, "cannot be read to its end"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

class file_feed final : public key_feed {
 public:
  explicit file_feed(std::string path) : path_(std::move(path)) {}

  void ask() override {
    auto text = small_file(path_);
    const std::lock_guard lock(mutex_);
    answer_ = std::move(text);
  }
  std::optional<feed_text> take() override {
    const std::lock_guard lock(mutex_);
    return std::exchange(answer_, std::nullopt);
  }
  std::chrono::seconds period() const noexcept override { return std::chrono::seconds(1); }

 private:
  const std::string path_;
  std::mutex mutex_;
  std::optional<feed_text> answer_;  // under mutex_
};

class web_feed final : public key_feed {
 public:
  web_feed(std::string url, std::string ca_file)
      : url_(std::move(url)), ca_file_(std::move(ca_file)), thread_([this] { serve(); }) {}

  ~web_feed() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void ask() override {
    {
      const std::lock_guard lock(mutex_);
      asked_ = true;
    }
    wake_.notify_one();
  }
  std::optional<feed_text> take() override {
    const std::lock_guard lock(mutex_);
    return std::exchange(answer_, std::nullopt);
  }
  std::chrono::seconds period() const noexcept override { return std::chrono::minutes(5); }

 private:
  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return asked_ || ending_; });
      if (ending_) return;
      asked_ = false;
      lock.unlock();
      auto text = https_get(url_, ca_file_, max_jwk_set_bytes, std::chrono::seconds(5), ending_);
      lock.lock();
      answer_ = std::move(text);
    }
  }

  const std::string url_, ca_file_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool asked_ = false;                // under mutex_
  std::optional<feed_text> answer_;   // under mutex_
  std::atomic<bool> ending_ = false;  // set under mutex_; read while a transfer runs
  std::thread thread_;                // last: it uses all the others
};

}  // namespace

std::unique_ptr<key_feed> make_key_feed(const std::string& where, const std::string& ca_file) {
  if (where.find("://") != where.npos) return std::make_unique<web_feed>(where, ca_file);
  return std::make_unique<file_feed>(where);
}

}  // namespace streamdemo::gateway
