// HTTP requests by libcurl, on one thread of its own: any number wait, at most `most` are under way, and each resumes
// its caller on the caller's executor. Thread-safe. No call may follow the destructor. Every caller's loop must run
// until its call has ended, and must not be destroyed before it has run out of work or this object is destroyed: to
// have the answer is not enough, since the thread is then still leaving its post.
#pragma once
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/error.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "artifacts/s3/signer.hpp"

namespace streamdemo::artifacts::s3 {

// A request as it is sent, and where its answer goes. What it points to must live until the call has ended.
struct exchange {
  std::string_view method;
  std::string url;
  pairs fields;
  std::string_view body;        // of PUT and POST
  int body_file = -1;           // instead of `body`, the first body_size bytes of this descriptor
  std::uint64_t body_size = 0;  // if there is a file
  std::size_t max_answer = 0;   // bytes of the answer's body, if it goes to no file
  int answer_file = -1;         // where the body of a good answer is written, from answer_at on
  std::uint64_t answer_at = 0;
  std::chrono::seconds at_most{0};  // 0: as long as bytes move
};

struct exchanged {
  int status = 0;
  std::string body;           // unless it went to a file
  std::uint64_t written = 0;  // to the file
  std::string etag;
  std::optional<base::sys_time> modified;  // Last-Modified
  std::optional<base::sys_time> date;
  std::string write_id;                 // x-amz-meta-streamdemo-write
  std::optional<std::uint64_t> length;  // Content-Length
};

class transfers {
 public:
  // `stall`: a transfer that moves no byte for so long is ended. `ca_file`: of authorities; empty: the system's.
  transfers(std::size_t most, std::chrono::seconds stall, std::string ca_file);
  ~transfers();
  transfers(const transfers&) = delete;

  // Errors: unavailable (no connection, or it broke), timed_out, too_large (the answer), io (the file), canceled, and
  // closed, once the destructor runs.
  base::awaitable<base::result<exchanged>> perform(const exchange& what);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace streamdemo::artifacts::s3
