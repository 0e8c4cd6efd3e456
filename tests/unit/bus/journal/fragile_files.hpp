// Files that fail like a machine does: at a chosen moment nothing is written any more, as when the power goes; then all
// that was not synced is lost, or torn. Or they refuse to write for a while, as a full disk does. Over the system's
// own.
#pragma once
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>

namespace streamdemo::test {

class fragile_files final : public rocksdb::FileSystemWrapper, public std::enable_shared_from_this<fragile_files> {
 public:
  fragile_files() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "fragile_files"; }

  // The power goes once so many more writes and syncs were made.
  void fail_after(int operations) { left_ = operations; }
  bool failed() const { return failed_; }
  void fail_now() { failed_ = true; }
  int operations() const { return operations_; }
  // Nothing can be written while this is set.
  void refuse(bool full) { full_ = full; }

  // Call it once whoever wrote is gone: what of each file was never synced is lost. `torn`: all but half of it.
  void lose_unsynced(bool torn);

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& o,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* d) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& o,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* d) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& name, const std::string& old, const rocksdb::FileOptions& o,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* d) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& o,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory, rocksdb::IODebugContext* d) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& o,
                               rocksdb::IODebugContext* d) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& o,
                               rocksdb::IODebugContext* d) override;

 private:
  friend class fragile_file;
  friend class fragile_directory;
  // Before each operation: whether it is still made.
  rocksdb::IOStatus step(bool writes);
  void grown(const std::string& name, std::uint64_t size);
  void synced(const std::string& name);
  void directory_synced(const std::string& name);

  struct state {
    std::uint64_t size = 0;
    std::uint64_t synced = 0;
    bool named = false;  // its name in the directory was synced, too
  };
  std::atomic<int> left_{-1};
  std::atomic<bool> failed_{false};
  std::atomic<bool> full_{false};
  std::atomic<int> operations_{0};
  std::mutex mutex_;
  std::map<std::string, state> files_;  // written since the start
};

}  // namespace streamdemo::test
