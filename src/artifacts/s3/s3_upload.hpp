// An upload to the bucket: sent on in parts while it arrives, so that its size does not count in memory. A small one is
// put at once when it is committed. Must be destroyed before the store, as a coroutine of its loop would.
#pragma once
#include <streamdemo/base/byte_budget.hpp>
#include <streamdemo/base/notifier.hpp>

#include <mutex>

#include "artifacts/s3/s3_store.hpp"

namespace streamdemo::artifacts::s3 {

class s3_upload final : public upload {
 public:
  // `room`: for all parts in memory. `expected`: its size, if it is known, else 0; so many bytes of the store are
  // reserved for it already.
  s3_upload(s3_store& owner, base::executor ex, std::string key, std::uint64_t max_bytes, std::uint64_t expected,
            base::byte_budget::share room);
  ~s3_upload() override;

  awaitable<result<void>> write(std::string_view bytes) override;
  awaitable<result<void>> commit() override;
  void keep() noexcept override { kept_ = true; }
  std::uint64_t size() const override { return size_; }

 private:
  // What the parts on their way share with the upload, which may be gone before them.
  struct progress;
  static awaitable<void> send(s3_store& owner, std::shared_ptr<progress> shared, client::parts_upload to, int number,
                              std::string bytes);
  static awaitable<void> drop(s3_store& owner, std::shared_ptr<progress> shared, client::parts_upload what);

  awaitable<result<void>> write_some(std::string_view bytes);
  awaitable<result<void>> start_part();
  // Waits until fewer than `most` parts are on their way. Error: one has failed.
  awaitable<result<void>> wait_for_parts(std::uint32_t most);
  awaitable<result<void>> publish();

  s3_store& owner_;
  const std::string key_;
  const std::uint64_t max_bytes_;
  const std::uint64_t expected_;
  std::uint64_t reserved_;  // at least size_
  std::uint64_t size_ = 0;
  std::string filling_;
  std::optional<client::parts_upload> parts_;  // once there is a full part
  int next_part_ = 1;
  std::shared_ptr<progress> progress_;
  bool failed_ = false;
  bool committed_ = false;
  bool kept_ = false;
};

}  // namespace streamdemo::artifacts::s3
