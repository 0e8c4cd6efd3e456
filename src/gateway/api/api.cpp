#include "gateway/api/api.hpp"

#include "gateway/api/core.hpp"
#include "gateway/api/dispatcher.hpp"

namespace streamdemo::gateway {

namespace {

class http_api final : public api {
 public:
  explicit http_api(api_context c) : core_(std::move(c)), dispatcher_(core_) {}

  http::handler handler() override {
    return [this](http::request& r) { return dispatcher_.answer(r); };
  }
  http::error_page error_page() override { return &dispatcher::error_page; }
  void begin_drain() override { core_.begin_drain(); }
  base::awaitable<void> drain() override { return core_.drain(); }

 private:
  core core_;
  dispatcher dispatcher_;
};

}  // namespace

std::unique_ptr<api> make_api(api_context c) {
  return std::make_unique<http_api>(std::move(c));
}

}  // namespace streamdemo::gateway
