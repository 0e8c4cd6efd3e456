// The store that STREAMDEMO_CONTRACT_STORE names, empty: `directory`, or `s3`, at the server and with the key that
// tests/stores/run has made. Every fixture has a part of the bucket of its own.
#pragma once
#include <doctest/doctest.h>
#include <streamdemo/artifacts/s3.hpp>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/notifier.hpp>

#include <cstdlib>
#include <fstream>
#include <functional>

#include "support/run.hpp"
#include "support/stored_files.hpp"
#include "support/temporary_directory.hpp"

namespace streamdemo::stores {

using base::awaitable;
using base::errc;
namespace fs = std::filesystem;

class shifted_clock final : public base::clock {
 public:
  base::sys_time now() const override { return base::system_clock().now() + ahead; }
  std::chrono::seconds ahead{0};
};

inline std::string variable(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

// Whether the server of the bucket is known to lack this: "listing unfinished uploads", "atomic conditions",
// "If-Match".
inline bool server_lacks(const std::string& what) {
  return variable("STREAMDEMO_CONTRACT_S3_LACKS").find(what) != std::string::npos;
}

// The id of a task, as the program makes them: what else lies in a bucket is left alone.
inline std::string id_of(std::string_view name) {
  return base::derived_id("tests", name);
}
inline const std::string the_task = id_of("task");

struct fixture {
  test::temporary_directory root;
  shifted_clock clock;
  base::metrics metrics;
  base::logger log{"test", base::log_level::off};
  artifacts::s3_options bucket = bucket_options();
  std::uint64_t max_bytes = 1 << 26;
  std::uint64_t max_input_bytes = 1 << 26;
  base::milliseconds keep_for = std::chrono::minutes(10);

  static bool is_bucket() { return variable("STREAMDEMO_CONTRACT_STORE") == "s3"; }

  artifacts::result<std::unique_ptr<artifacts::store>> try_make() {
    if (is_bucket()) {
      auto o = bucket;
      o.max_bytes = max_bytes;
      o.max_input_bytes = max_input_bytes;
      o.keep_for = keep_for;
      return artifacts::make_s3_store(o, clock, metrics, log);
    }
    artifacts::options o{root.path() / "store", keep_for, max_bytes, 2, max_input_bytes};
    return artifacts::make_directory_store(o, clock, metrics, log);
  }
  std::unique_ptr<artifacts::store> make() {
    auto made = try_make();
    if (!made) FAIL(made.error().message);
    return std::move(*made);
  }

  artifacts::s3_options bucket_options() const {
    artifacts::s3_options o;
    o.endpoint = variable("STREAMDEMO_CONTRACT_S3");
    o.bucket = "contract";
    o.region = "us-east-1";
    o.prefix = "case-" + base::random_id() + "/";
    o.access_key_id = variable("AWS_ACCESS_KEY_ID");
    o.secret_access_key = variable("AWS_SECRET_ACCESS_KEY");
    o.part_bytes = 5 << 20;
    o.parts_in_flight = 2;
    o.max_buffer_bytes = 64 << 20;
    o.connections = 4;
    o.retry_for = std::chrono::seconds(20);
    o.url_lifetime = std::chrono::minutes(5);
    o.abort_after = std::chrono::hours(24);
    o.scratch_directory = root.path() / "scratch";
    o.max_scratch_bytes = 64 << 20;
    o.threads = 2;
    return o;
  }
};

using test::get;
using test::put_input;
using test::put_output;

// So that a failed check shows why.
template <class T>
std::string outcome(const artifacts::result<T>& r) {
  return r ? "ok" : std::string(base::to_string(r.error().code)) + ": " + r.error().message;
}

// Waits for what a store does by itself, not for ever.
inline awaitable<void> until(std::function<bool()> is_so) {
  const auto last = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!is_so() && std::chrono::steady_clock::now() < last) co_await base::sleep_for(std::chrono::milliseconds(10));
}

inline std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Bytes in which no two places look alike.
inline std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 12345;
  for (auto& c : bytes) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return bytes;
}

}  // namespace streamdemo::stores
