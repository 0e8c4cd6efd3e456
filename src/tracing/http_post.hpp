// Posts bodies to one address with libcurl, over a connection that is kept. Blocks, so it is for a thread of its own.
#pragma once
#include <atomic>
#include <memory>
#include <string>

#include <streamdemo/tracing/options.hpp>

namespace streamdemo::tracing {

struct post_answer {
  int status = 0;           // 0: there was no answer
  std::string type;         // Content-Type
  std::string body;         // at most 64 KiB of it
  std::string retry_after;  // that field
  std::string why;          // there was no answer
};

class http_post {
 public:
  // `ending`: turns true when a transfer under way is to be given up. The rest is as base::prepare_transfer() says.
  http_post(const options& o, const std::atomic<bool>& ending);
  ~http_post();
  http_post(const http_post&) = delete;
  http_post& operator=(const http_post&) = delete;

  post_answer send(const std::string& body);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace streamdemo::tracing
