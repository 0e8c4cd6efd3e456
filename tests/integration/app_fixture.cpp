#include "integration/app_fixture.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <stdexcept>

#include "support/guard_entry.hpp"

namespace streamdemo::test {

namespace {

config::settings settings_for(const std::filesystem::path& directory) {
  config::settings s;
  s.gateway.listen = {"127.0.0.1"};
  s.gateway.port = 0;
  if (const char* threads = std::getenv("STREAMDEMO_GATEWAY_THREADS")) {
    s.gateway.threads = static_cast<std::uint32_t>(std::stoul(threads));
  }
  s.gateway.unknown_task_wait = base::milliseconds(200);
  s.gateway.drain = base::milliseconds(5000);
  s.management.port = 0;
  s.topics.partitions = 4;
  s.processor.concurrency = 32;
  s.processor.drain = base::milliseconds(5000);
  s.artifacts.directory = directory / "artifacts";
  s.inprocess.directory = directory / "journal";
  return s;
}

http::client_response checked(base::result<http::client_response> r, std::string_view what) {
  if (!r) throw std::runtime_error(std::string(what) + ": " + r.error().message);
  return std::move(*r);
}

}  // namespace

app_fixture::app_fixture(const std::function<void(config::settings&)>& change, tracing::read_options traces)
    : log_("test", base::log_level::warning) {
  auto s = settings_for(directory_.path());
  if (change) change(s);
  app_ = std::make_unique<app::application>(std::move(s), "/proc/self/exe", clock_, log_, 0, std::vector<int>{},
                                            std::move(traces));
  if (const auto started = app_->start(); !started) throw std::runtime_error(started.error().message);
}

caller::caller(base::executor ex, std::uint16_t port) : client_(http::make_client(ex, "127.0.0.1", port)) {}

base::awaitable<http::client_response> caller::send(http::verb v, std::string target, fields f, std::string body) {
  auto r = co_await client_->send(v, target, std::move(f), std::move(body), in_time());
  co_return checked(std::move(r), target);
}

base::awaitable<http::client_response> caller::get(std::string target, fields f) {
  return send(http::verb::get, std::move(target), std::move(f));
}

base::awaitable<http::client_response> caller::post(std::string target, std::string body, fields f) {
  bool typed = false;
  for (const auto& x : f) typed = typed || x.name == "Content-Type";
  if (!typed) f.push_back({"Content-Type", "application/json"});
  return send(http::verb::post, std::move(target), std::move(f), std::move(body));
}

base::awaitable<std::string> caller::submit(std::string kind, std::string body) {
  const auto r = co_await post("/api/" + kind, std::move(body));
  if (r.status != 202) throw std::runtime_error("not accepted: " + std::to_string(r.status) + " " + r.body);
  co_return string_at(parse(r.body), "request_id");
}

base::awaitable<std::vector<std::string>> caller::all_events(std::string id) {
  std::vector<std::string> all;
  for (int i = 0; i < 10'000; ++i) {
    fields f;
    f.push_back({"Prefer", "wait=20"});
    const auto r = co_await get("/api/tasks/" + id + "?after=" + std::to_string(all.size()), std::move(f));
    if (r.status != 200) throw std::runtime_error("poll: " + std::to_string(r.status) + " " + r.body);
    for (auto& e : objects_of(r.body, "events")) all.push_back(std::move(e));
    if (!all.empty() && all.back().starts_with("{\"type\":\"ended\"")) co_return all;
  }
  throw std::runtime_error("the task did not end");
}

base::steady_time in_time() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(30);
}

boost::json::value parse(std::string_view text) {
  return boost::json::parse(text);
}

std::string string_at(const boost::json::value& v, std::string_view name) {
  return std::string(v.as_object().at(name).as_string());
}

std::vector<std::string> objects_of(std::string_view json, std::string_view name) {
  const auto at = json.find('"' + std::string(name) + "\":[");
  if (at == std::string_view::npos) throw std::runtime_error("no array in " + std::string(json));
  std::vector<std::string> out;
  int depth = 0;
  bool quoted = false;
  std::size_t begin = 0;
  for (auto i = at + name.size() + 4; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{') {
      if (depth++ == 0) begin = i;
    } else if (c == '}') {
      if (--depth == 0) out.emplace_back(json.substr(begin, i + 1 - begin));
    } else if (c == ']' && depth == 0) {
      break;
    }
  }
  return out;
}

std::string exchange(std::uint16_t port, std::string_view bytes, std::string_view enough) {
  return run<std::string>([&]() -> base::awaitable<std::string> {
    base::tcp_socket s(co_await asio::this_coro::executor);
    co_await s.async_connect({asio::ip::make_address("127.0.0.1"), port}, base::use_awaitable);
    co_await asio::async_write(s, asio::buffer(bytes.data(), bytes.size()), base::use_awaitable);
    std::string out;
    std::array<char, 4096> piece;
    for (;;) {
      boost::system::error_code ec;
      const auto n = co_await s.async_read_some(asio::buffer(piece), asio::redirect_error(base::use_awaitable, ec));
      out.append(piece.data(), n);
      if (ec || (!enough.empty() && out.find(enough) != std::string::npos)) co_return out;
    }
  });
}

}  // namespace streamdemo::test
