// When this process first saw each upload in the bucket. The server's time of an object that was sent in parts is that
// of its first part; an upload is never seen before it was committed. Thread-safe. Remembers what the last listing had,
// and what was committed here since.
#pragma once
#include <streamdemo/artifacts/store.hpp>

#include <map>
#include <mutex>

namespace streamdemo::artifacts::s3 {

class first_sight {
 public:
  // `upload`: "<id>/<name>".
  void committed(std::string upload, base::sys_time now);
  // `found`: all uploads of a listing that was asked for at `began` and is complete `now`. Sets since when each is
  // there.
  void date(std::vector<input>& found, base::sys_time began, base::sys_time now);

 private:
  std::mutex mutex_;
  std::map<std::string, base::sys_time> seen_;
};

}  // namespace streamdemo::artifacts::s3
