// The whole application in this process on ports of its own, and the calls of its clients over real sockets.
#pragma once
#include <boost/json/value.hpp>
#include <streamdemo/app/application.hpp>
#include <streamdemo/http/client.hpp>

#include <functional>

#include "support/run.hpp"
#include "support/temporary_directory.hpp"

namespace streamdemo::test {

using fields = std::vector<http::field>;

// All roles on the in-process bus; stopped at the end of the scope.
class app_fixture {
 public:
  explicit app_fixture(const std::function<void(config::settings&)>& change = {}, tracing::read_options traces = {});

  std::uint16_t port() const { return app_->gateway_port(); }
  std::uint16_t management_port() const { return app_->management_port(); }
  const std::filesystem::path& directory() const { return directory_.path(); }
  void stop() { app_->stop(); }

 private:
  temporary_directory directory_;
  base::system_clock clock_;
  base::logger log_;
  std::unique_ptr<app::application> app_;
};

// A client that throws where a test does not expect a failure. Every call has a deadline of half a minute.
class caller {
 public:
  caller(base::executor ex, std::uint16_t port);

  base::awaitable<http::client_response> send(http::verb v, std::string target, fields f = {}, std::string body = {});
  base::awaitable<http::client_response> get(std::string target, fields f = {});
  // As application/json, unless `f` names another Content-Type.
  base::awaitable<http::client_response> post(std::string target, std::string body, fields f = {});

  // Posts and gives the id; throws unless it was accepted.
  base::awaitable<std::string> submit(std::string kind, std::string body);
  // Waits by long polls; gives all events as the poll spelled them.
  base::awaitable<std::vector<std::string>> all_events(std::string id);

  http::client& raw() { return *client_; }

 private:
  std::unique_ptr<http::client> client_;
};

base::steady_time in_time();
boost::json::value parse(std::string_view text);
std::string string_at(const boost::json::value& v, std::string_view name);
// The texts of the objects of the member array `name` of a JSON object.
std::vector<std::string> objects_of(std::string_view json, std::string_view name);

// Sends bytes as they are and reads until the server closes, or until `enough` has been read.
std::string exchange(std::uint16_t port, std::string_view bytes, std::string_view enough = {});

}  // namespace streamdemo::test
