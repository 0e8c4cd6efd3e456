#include "artifacts/directory_upload.hpp"

#include <unistd.h>

#include "artifacts/disk.hpp"

namespace streamdemo::artifacts {

directory_upload::directory_upload(directory_store& owner, base::descriptor d, std::filesystem::path temporary,
                                   name target, std::uint64_t max_bytes, std::uint64_t reserved)
    : owner_(owner),
      descriptor_(std::move(d)),
      temporary_(std::move(temporary)),
      target_(std::move(target)),
      max_bytes_(max_bytes),
      reserved_(reserved) {}

directory_upload::~directory_upload() {
  if (kept_) return;
  if (committed_) {
    owner_.pool().start([&owner = owner_, t = target_] { owner.remove_input_now(t.id, t.name); });
    return;
  }
  // The last close of a removed large file takes long, because it frees the blocks. So do it on the pool.
  auto last = std::make_shared<base::descriptor>(std::move(descriptor_));
  owner_.pool().start([&owner = owner_, last, temporary = temporary_, reserved = reserved_] {
    ::unlink(temporary.c_str());
    last->reset();
    owner.release(sort::input, reserved);
  });
}

awaitable<result<void>> directory_upload::write(std::string_view bytes) {
  return owner_.pool().run([this, bytes] { return write_now(bytes); });
}

result<void> directory_upload::write_now(std::string_view bytes) {
  if (failed_ || committed_) return error{errc::closed, "this upload already ended"};
  if (bytes.size() > max_bytes_ - size_) {
    failed_ = true;
    return error{errc::too_large, fmt::format("the file is larger than the allowed {} bytes", max_bytes_)};
  }
  auto room = reserve(size_ + bytes.size());
  if (room) {
    size_ += bytes.size();
    room = disk::write_all(descriptor_.get(), bytes, temporary_);
  }
  failed_ = !room;
  return room;
}

result<void> directory_upload::reserve(std::uint64_t bytes) {
  if (bytes <= reserved_) return {};
  auto room = owner_.make_room(sort::input, bytes - reserved_);
  if (room) reserved_ = bytes;
  return room;
}

awaitable<result<void>> directory_upload::commit() {
  return owner_.pool().run([this] { return commit_now(); });
}

result<void> directory_upload::commit_now() {
  if (failed_ || committed_) return error{errc::closed, "this upload already ended"};
  auto done = disk::sync(descriptor_.get(), temporary_);
  if (done) done = owner_.publish_input(temporary_, target_.id, target_.name, size_);
  failed_ = !done;
  committed_ = !failed_;
  if (committed_) owner_.release(sort::input, reserved_ - size_);
  return done;
}

}  // namespace streamdemo::artifacts
