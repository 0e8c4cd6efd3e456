// Posts results from other threads to an object on its executor. Once the object is gone it posts nothing, because the
// event loop may be gone as well.
#pragma once
#include <boost/asio/post.hpp>
#include <mutex>
#include <streamdemo/base/asio.hpp>

namespace streamdemo::bus::kafka {

class guarded_post {
 public:
  explicit guarded_post(base::executor ex) : ex_(ex) {}

  // Any thread.
  template <class F>
  void post(F f) {
    const std::lock_guard lock(mutex_);
    if (open_) asio::post(ex_, std::move(f));
  }

  // The owner must call this before it is destroyed.
  void shut() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }

 private:
  std::mutex mutex_;
  base::executor ex_;
  bool open_ = true;
};

}  // namespace streamdemo::bus::kafka
