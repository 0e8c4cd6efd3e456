// Uploads on their way in, artifacts on their way out, and the page.
#include <doctest/doctest.h>
#include <streamdemo/artifacts/store.hpp>

#include <fstream>
#include <thread>

#include "integration/app_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

constexpr auto some_id = "11111111-2222-4333-8444-555555555555";

void put(const std::filesystem::path& directory, std::string name, std::string content) {
  const base::system_clock clock;
  const base::logger log("test", base::log_level::warning);
  base::metrics metrics;
  auto store = artifacts::make_directory_store(
      {.directory = directory / "artifacts", .keep_for = std::chrono::hours(1), .max_bytes = 1 << 30, .threads = 1},
      clock, metrics, log);
  REQUIRE(store.has_value());
  run([&]() -> base::awaitable<void> {
    auto file = co_await (*store)->create(some_id, name, 1 << 20);
    REQUIRE(file.has_value());
    const auto written = co_await (*file)->write(content);
    REQUIRE(written.has_value());
    const auto kept = co_await (*file)->commit();
    REQUIRE(kept.has_value());
    (*file)->keep();
  });
}

fields header(std::string name, std::string value) {
  fields f;
  f.push_back({std::move(name), std::move(value)});
  return f;
}

constexpr auto not_known = std::numeric_limits<std::size_t>::max();

// not_known: a directory went away while its files were counted.
std::size_t files_below(const std::filesystem::path& directory) {
  std::size_t n = 0;
  std::error_code failed;
  for (std::filesystem::recursive_directory_iterator it(directory, failed), end; !failed && it != end;
       it.increment(failed)) {
    std::error_code gone;
    n += it->is_regular_file(gone) ? 1 : 0;
  }
  return failed ? not_known : n;
}

// The files' own threads remove them; nobody waits for that with the answer.
bool come_to(std::size_t n, const std::filesystem::path& directory) {
  const auto give_up = in_time();
  while (files_below(directory) != n) {
    if (std::chrono::steady_clock::now() >= give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace

TEST_CASE("an artifact comes whole or in one range, with its tag and type") {
  app_fixture app;
  put(app.directory(), "clip-0.mp4", "0123456789");
  put(app.directory(), "notes.html", "<script>");
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto target = std::string("/api/artifacts/") + some_id + "/clip-0.mp4";
    const auto whole = co_await c.get(target);
    CHECK(whole.status == 200);
    CHECK(whole.body == "0123456789");
    CHECK(whole.header("Content-Type") == "video/mp4");
    CHECK(whole.header("Accept-Ranges") == "bytes");
    CHECK(whole.header("Content-Security-Policy") == "sandbox");
    CHECK(whole.header("X-Content-Type-Options") == "nosniff");
    CHECK(whole.header("Content-Disposition").empty());
    const auto tag = std::string(whole.header("ETag"));
    const auto part = co_await c.get(target, header("Range", "bytes=2-4"));
    CHECK(part.status == 206);
    CHECK(part.body == "234");
    CHECK(part.header("Content-Range") == "bytes 2-4/10");
    const auto ranged_head = co_await c.send(http::verb::head, target, header("Range", "bytes=2-4"));
    CHECK(ranged_head.status == 200);
    CHECK(ranged_head.header("Content-Length") == "10");
    CHECK(ranged_head.header("Content-Range").empty());
    const auto head_behind = co_await c.send(http::verb::head, target, header("Range", "bytes=20-"));
    CHECK(head_behind.status == 200);
    // Cached, so it says what it depends on even to who sends no Origin.
    CHECK(whole.header("Vary").find("Origin") != std::string_view::npos);
    const auto unchanged = co_await c.get(target, header("If-None-Match", tag));
    CHECK(unchanged.status == 304);
    CHECK(unchanged.header("Vary") == whole.header("Vary"));
    const auto several = co_await c.get(target, header("Range", "bytes=0-1,4-5"));
    CHECK(several.status == 200);
    CHECK(several.body == "0123456789");
    const auto none = co_await c.get(target, header("Range", "bytes=10-"));
    CHECK(none.status == 416);
    CHECK(none.header("Content-Range") == "bytes */10");
    auto f = header("Range", "bytes=-3");
    f.push_back({"If-Range", tag});
    const auto same = co_await c.get(target, f);
    CHECK(same.status == 206);
    CHECK(same.body == "789");
    f[1].value = "\"other\"";
    const auto other = co_await c.get(target, f);
    CHECK(other.status == 200);
    const auto known = co_await c.get(target, header("If-None-Match", tag));
    CHECK(known.status == 304);
    const auto head = co_await c.send(http::verb::head, target);
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "10");
    const auto attached = co_await c.get(std::string("/api/artifacts/") + some_id + "/notes.html");
    CHECK(attached.header("Content-Type") == "application/octet-stream");
    CHECK(attached.header("Content-Disposition") == "attachment; filename=\"notes.html\"");
  });
}

TEST_CASE("what is no artifact is not found, whatever its name tries") {
  app_fixture app;
  put(app.directory(), "clip-0.mp4", "0123456789");
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto base = std::string("/api/artifacts/");
    const std::array<std::string, 4> names{base + some_id + "/none.mp4", base + some_id + "/..%2Fclip-0.mp4",
                                           base + "..%2F..%2Fetc/passwd", base + some_id + "/.hidden"};
    for (const auto& n : names) {
      const auto r = co_await c.get(n);
      // An encoded slash is refused as a path before anything is looked for.
      CHECK_MESSAGE(r.status == (n.find("%2F") == std::string::npos ? 404 : 400), n);
    }
  });
}

TEST_CASE("a video as the body becomes a task, and what is no video fails with a sentence") {
  app_fixture app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto r = co_await c.post("/api/process-video?clip_seconds=5", std::string(100'000, 'v'),
                                   header("Content-Type", "video/mp4"));
    REQUIRE(r.status == 202);
    CHECK(files_below(app.directory() / "artifacts" / "inputs") == 1);
    const auto events = co_await c.all_events(string_at(parse(r.body), "request_id"));
    const auto ended = parse(events.back()).as_object().at("data");
    CHECK(string_at(ended, "status") == "failed");
    CHECK(!string_at(ended.as_object().at("error"), "message").empty());
    const auto empty = co_await c.post("/api/process-video", "", header("Content-Type", "video/mp4"));
    CHECK(empty.status == 400);
  });
}

TEST_CASE("options that no video can have are refused before the video is taken") {
  app_fixture app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    for (const auto& [query, reason] : std::initializer_list<std::pair<std::string, std::string>>{
             {"clip_seconds=0.5", "clip_seconds must be at least 1, not 0.5"},
             {"size=17p", "size must be"},
             {"preset=placebo", "preset must be one of"},
             {"copy=perhaps", "copy must be"}}) {
      const auto r = co_await c.post("/api/process-video?" + query, std::string(100'000, 'v'),
                                     header("Content-Type", "video/mp4"));
      CHECK_MESSAGE(r.status == 400, query);
      CHECK_MESSAGE(r.body.find(reason) != std::string::npos, r.body);
    }
    CHECK(files_below(app.directory() / "artifacts" / "inputs") == 0);
    CHECK(files_below(app.directory() / "artifacts" / "tmp") == 0);
  });
}

TEST_CASE("the same upload under the same key is the same task, and another content is 422") {
  app_fixture app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    auto f = header("Content-Type", "video/mp4");
    f.push_back({"Idempotency-Key", "video-1"});
    const auto first = co_await c.post("/api/process-video", "not a video", f);
    const auto again = co_await c.post("/api/process-video", "not a video", f);
    const auto other = co_await c.post("/api/process-video", "another", f);
    REQUIRE(first.status == 202);
    REQUIRE(again.status == 202);
    CHECK(string_at(parse(first.body), "request_id") == string_at(parse(again.body), "request_id"));
    CHECK(other.status == 422);
  });
}

TEST_CASE("an upload that breaks off leaves nothing behind") {
  app_fixture app([](config::settings& s) { s.gateway.idle_timeout = base::milliseconds(1000); });
  const auto answer = exchange(app.port(),
                               "POST /api/process-video HTTP/1.1\r\nHost: localhost\r\nContent-Type: video/mp4\r\n"
                               "Content-Length: 1000\r\n\r\nonly this");
  CHECK(answer.starts_with("HTTP/1.1 408"));
  CHECK(come_to(0, app.directory() / "artifacts" / "tmp"));
  CHECK(files_below(app.directory() / "artifacts" / "inputs") == 0);
}

// Six uploads into a store that has room for two and a half, while the one slot is taken.
TEST_CASE("an upload that got its 202 is there when its turn comes, and one that does not fit is 507") {
  app_fixture app([](config::settings& s) {
    s.processor.concurrency = 1;
    s.artifacts.max_bytes = 2'000'000;
    s.gateway.max_upload_bytes = 700'000;
  });
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto first = co_await c.submit("simulate", R"({"results":1000,"interval_ms":1000})");
    std::vector<std::string> accepted;
    for (int i = 0; i < 6; ++i) {
      const auto r = co_await c.post("/api/process-video", std::string(600'000, char('a' + i)),
                                     header("Content-Type", "video/mp4"));
      if (r.status == 202) {
        accepted.push_back(string_at(parse(r.body), "request_id"));
      } else {
        CHECK(r.status == 507);
        CHECK(string_at(parse(r.body), "type") == "urn:streamdemo:problem:no-space");
      }
    }
    CHECK(accepted.size() == 2);
    CHECK(files_below(app.directory() / "artifacts" / "inputs") == accepted.size());
    const auto canceled = co_await c.post("/api/tasks/" + first + "/cancel", "");
    CHECK(canceled.status == 200);
    for (const auto& id : accepted) {
      const auto events = co_await c.all_events(id);
      const auto ended = parse(events.back()).as_object().at("data");
      // It is no video: whoever says so has read it.
      CHECK(string_at(ended.as_object().at("error"), "message").find("not there") == std::string::npos);
    }
    // Their tasks have ended, so their room is free.
    const auto next =
        co_await c.post("/api/process-video", std::string(700'000, 'n'), header("Content-Type", "video/mp4"));
    CHECK(next.status == 202);
  });
}

TEST_CASE("an upload whose submission is refused leaves no file") {
  app_fixture app([](config::settings& s) { s.gateway.max_tasks = 1; });
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    co_await c.submit("simulate", R"({"results":1000,"interval_ms":1000})");
    const auto full = co_await c.post("/api/process-video", "v", header("Content-Type", "video/mp4"));
    CHECK(full.status == 503);
    CHECK(come_to(0, app.directory() / "artifacts" / "inputs"));
  });
}

TEST_CASE("a submission that is repeated needs no second file, and no room for one") {
  app_fixture app([](config::settings& s) {
    s.processor.concurrency = 1;
    s.artifacts.max_bytes = 1'000'000;
    s.gateway.max_upload_bytes = 700'000;
  });
  const auto inputs = app.directory() / "artifacts" / "inputs";
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    co_await c.submit("simulate", R"({"results":1000,"interval_ms":1000})");
    auto f = header("Content-Type", "video/mp4");
    f.push_back({"Idempotency-Key", "once"});
    const std::string small(60'000, 's');
    const auto first = co_await c.post("/api/process-video", small, f);
    const auto again = co_await c.post("/api/process-video", small, f);
    CHECK(again.status == 202);
    CHECK(come_to(1, inputs));
    const auto id = string_at(parse(first.body), "request_id");
    const auto canceled = co_await c.post("/api/tasks/" + id + "/cancel", "");
    CHECK(canceled.status == 200);
    const auto large =
        co_await c.post("/api/process-video", std::string(700'000, 'v'), header("Content-Type", "video/mp4"));
    CHECK(large.status == 202);
    const auto late = co_await c.post("/api/process-video", small, f);
    CHECK(late.status == 202);
    CHECK(string_at(parse(late.body), "request_id") == id);
    CHECK(files_below(inputs) == 1);
  });
}

TEST_CASE("the page comes from the binary and is asked about by its tag") {
  app_fixture app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto page = co_await c.get("/");
    CHECK(page.status == 200);
    CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.header("Cache-Control") == "no-cache");
    CHECK(page.header("Content-Security-Policy").starts_with("default-src 'self'"));
    const auto known = co_await c.get("/", header("If-None-Match", std::string(page.header("ETag"))));
    CHECK(known.status == 304);
    const auto script = co_await c.get("/page/page.js");
    CHECK(script.header("Content-Type") == "text/javascript; charset=utf-8");
    for (const char* name :
         {"/nothing.js", "/page/nothing.js", "/nowhere/page.js", "/page.js", "/page/", "//page.js"}) {
      CAPTURE(name);
      const auto none = co_await c.get(name);
      CHECK(none.status == 404);
    }
  });
}
