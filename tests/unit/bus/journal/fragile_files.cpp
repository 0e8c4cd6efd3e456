#include "unit/bus/journal/fragile_files.hpp"

#include <filesystem>

namespace streamdemo::test {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class fragile_file final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  fragile_file(std::unique_ptr<rocksdb::FSWritableFile> file, std::shared_ptr<fragile_files> owner, std::string name,
               std::uint64_t size)
      : FSWritableFileOwnerWrapper(std::move(file)), owner_(std::move(owner)), name_(std::move(name)), size_(size) {}

  IOStatus Append(const Slice& data, const IOOptions& o, IODebugContext* d) override {
    if (auto s = owner_->step(true); !s.ok()) return s;
    auto s = FSWritableFileOwnerWrapper::Append(data, o, d);
    if (s.ok()) owner_->grown(name_, size_ += data.size());
    return s;
  }
  IOStatus Append(const Slice& data, const IOOptions& o, const rocksdb::DataVerificationInfo&,
                  IODebugContext* d) override {
    return Append(data, o, d);
  }
  IOStatus Sync(const IOOptions& o, IODebugContext* d) override {
    if (auto s = owner_->step(false); !s.ok()) return s;
    auto s = FSWritableFileOwnerWrapper::Sync(o, d);
    if (s.ok()) owner_->synced(name_);
    return s;
  }
  IOStatus Fsync(const IOOptions& o, IODebugContext* d) override { return Sync(o, d); }
  // Starts to write out, and promises nothing.
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& o, IODebugContext* d) override {
    if (owner_->failed()) return IOStatus::IOError("no power");
    return FSWritableFileOwnerWrapper::Truncate(size, o, d);
  }
  // With it, a file would end in zeros that nobody wrote.
  IOStatus Allocate(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  const std::shared_ptr<fragile_files> owner_;
  const std::string name_;
  std::uint64_t size_;
};

class fragile_directory final : public rocksdb::FSDirectoryWrapper {
 public:
  fragile_directory(std::unique_ptr<rocksdb::FSDirectory> directory, std::shared_ptr<fragile_files> owner,
                    std::string name)
      : FSDirectoryWrapper(std::move(directory)), owner_(std::move(owner)), name_(std::move(name)) {}

  IOStatus Fsync(const IOOptions& o, IODebugContext* d) override {
    if (auto s = owner_->step(false); !s.ok()) return s;
    auto s = FSDirectoryWrapper::Fsync(o, d);
    if (s.ok()) owner_->directory_synced(name_);
    return s;
  }
  IOStatus FsyncWithDirOptions(const IOOptions& o, IODebugContext* d, const rocksdb::DirFsyncOptions&) override {
    return Fsync(o, d);
  }

 private:
  const std::shared_ptr<fragile_files> owner_;
  const std::string name_;
};

IOStatus fragile_files::step(bool writes) {
  if (failed_) return IOStatus::IOError("no power");
  if (full_ && writes) return IOStatus::NoSpace("no room");
  ++operations_;
  if (left_ >= 0 && left_-- == 0) {
    failed_ = true;
    return IOStatus::IOError("no power");
  }
  return IOStatus::OK();
}

void fragile_files::grown(const std::string& name, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  files_[name].size = size;
}

void fragile_files::synced(const std::string& name) {
  const std::lock_guard lock(mutex_);
  auto& f = files_[name];
  f.synced = f.size;
}

void fragile_files::directory_synced(const std::string& name) {
  const std::lock_guard lock(mutex_);
  for (auto& [file, s] : files_) {
    if (std::filesystem::path(file).parent_path() == std::filesystem::path(name)) s.named = true;
  }
}

void fragile_files::lose_unsynced(bool torn) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, s] : files_) {
    std::error_code ec;
    const auto size = std::filesystem::file_size(name, ec);
    if (ec) continue;
    if (!s.named && s.synced == 0) {
      std::filesystem::remove(name, ec);
      continue;
    }
    const auto kept = torn ? s.synced + (s.size - s.synced) / 2 : s.synced;
    if (kept < size) std::filesystem::resize_file(name, kept, ec);
  }
}

IOStatus fragile_files::NewWritableFile(const std::string& name, const FileOptions& o,
                                        std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* d) {
  if (failed_) return IOStatus::IOError("no power");
  if (full_) return IOStatus::NoSpace("no room");
  std::unique_ptr<rocksdb::FSWritableFile> made;
  auto s = FileSystemWrapper::NewWritableFile(name, o, &made, d);
  if (!s.ok()) return s;
  {
    const std::lock_guard lock(mutex_);
    files_[name] = {};
  }
  *file = std::make_unique<fragile_file>(std::move(made), shared_from_this(), name, 0);
  return s;
}

IOStatus fragile_files::ReopenWritableFile(const std::string&, const FileOptions&,
                                           std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) {
  return IOStatus::NotSupported("not used by the journal");
}

IOStatus fragile_files::ReuseWritableFile(const std::string&, const std::string&, const FileOptions&,
                                          std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) {
  return IOStatus::NotSupported("not used by the journal");
}

IOStatus fragile_files::NewDirectory(const std::string& name, const IOOptions& o,
                                     std::unique_ptr<rocksdb::FSDirectory>* directory, IODebugContext* d) {
  std::unique_ptr<rocksdb::FSDirectory> made;
  auto s = FileSystemWrapper::NewDirectory(name, o, &made, d);
  if (s.ok()) *directory = std::make_unique<fragile_directory>(std::move(made), shared_from_this(), name);
  return s;
}

IOStatus fragile_files::DeleteFile(const std::string& name, const IOOptions& o, IODebugContext* d) {
  if (failed_) return IOStatus::IOError("no power");
  auto s = FileSystemWrapper::DeleteFile(name, o, d);
  const std::lock_guard lock(mutex_);
  files_.erase(name);
  return s;
}

IOStatus fragile_files::RenameFile(const std::string& from, const std::string& to, const IOOptions& o,
                                   IODebugContext* d) {
  if (auto s = step(false); !s.ok()) return s;
  auto s = FileSystemWrapper::RenameFile(from, to, o, d);
  const std::lock_guard lock(mutex_);
  if (const auto it = files_.find(from); s.ok() && it != files_.end()) {
    files_[to] = it->second;
    files_.erase(from);
  }
  return s;
}

}  // namespace streamdemo::test
