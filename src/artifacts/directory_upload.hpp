// An upload to the directory store. Must be destroyed before the store.
#pragma once
#include <streamdemo/base/descriptor.hpp>

#include "artifacts/directory_store.hpp"

namespace streamdemo::artifacts {

class directory_upload final : public upload {
 public:
  struct name {
    std::string id;
    std::string name;
  };
  // `reserved`: the bytes that are reserved for it already.
  directory_upload(directory_store& owner, base::descriptor d, std::filesystem::path temporary, name target,
                   std::uint64_t max_bytes, std::uint64_t reserved);
  ~directory_upload() override;

  awaitable<result<void>> write(std::string_view bytes) override;
  awaitable<result<void>> commit() override;
  void keep() noexcept override { kept_ = true; }
  std::uint64_t size() const override { return size_; }

 private:
  result<void> reserve(std::uint64_t bytes);
  result<void> write_now(std::string_view bytes);
  result<void> commit_now();

  directory_store& owner_;
  base::descriptor descriptor_;
  const std::filesystem::path temporary_;
  const name target_;
  const std::uint64_t max_bytes_;
  std::uint64_t reserved_;  // at least size_
  std::uint64_t size_ = 0;
  bool failed_ = false;
  bool committed_ = false;
  bool kept_ = false;
};

}  // namespace streamdemo::artifacts
