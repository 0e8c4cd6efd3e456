#include "gateway/api/api.hpp"

#include "gateway/api/dispatcher.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/api/services.hpp"

namespace streamdemo::gateway {

namespace {

class http_api final : public api {
 public:
  explicit http_api(api_dependencies d) : services_(std::move(d)), dispatcher_(services_, endpoint_table()) {}

  http::handler handler() override {
    return [this](http::request& r) { return dispatcher_.answer(r); };
  }
  http::error_page error_page() override { return &dispatcher::error_page; }
  void start() override { services_.start(); }
  void begin_drain() override { services_.begin_drain(); }
  base::awaitable<void> drain() override { return services_.drain(); }

 private:
  services services_;
  dispatcher dispatcher_;
};

}  // namespace

std::unique_ptr<api> make_api(api_dependencies d) {
  return std::make_unique<http_api>(std::move(d));
}

}  // namespace streamdemo::gateway
