#include "artifacts/s3/verdict.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::artifacts::s3;
using streamdemo::base::errc;
using namespace std::chrono_literals;

namespace {

step judged(int status, std::string_view code, std::optional<streamdemo::base::milliseconds> behind = std::nullopt) {
  return judge({status, code, "", behind});
}

}  // namespace

TEST_CASE("what the server cannot do now is tried again, whatever the status says") {
  for (const int status : {408, 429, 500, 502, 503, 504}) CHECK(judged(status, "") == step::again);
  CHECK(judged(503, "SlowDown") == step::again);
  CHECK(judged(200, "InternalError") == step::again);
  CHECK(judged(400, "RequestTimeout") == step::again);
  CHECK(judged(409, "OperationAborted") == step::again);
  CHECK(judged(501, "NotImplemented") == step::give_up);
}

TEST_CASE("what is done is done, and what another try would not change is given up") {
  for (const int status : {200, 204, 206}) CHECK(judged(status, "") == step::done);
  CHECK(judged(200, "NoSuchUpload") == step::give_up);
  for (const int status : {301, 304, 404, 405, 412, 416}) CHECK(judged(status, "") == step::give_up);
  CHECK(judged(403, "AccessDenied") == step::give_up);
}

TEST_CASE("a refused key may be an old one, or a wrong clock") {
  CHECK(judged(400, "ExpiredToken") == step::new_key);
  CHECK(judged(403, "InvalidAccessKeyId") == step::new_key);
  CHECK(judged(403, "SignatureDoesNotMatch", 10s) == step::new_key);
  CHECK(judged(403, "RequestTimeTooSkewed", 20min) == step::set_clock);
  CHECK(judged(403, "RequestTimeTooSkewed", -20min) == step::set_clock);
  // An answer to HEAD does not say why.
  CHECK(judged(403, "", 20min) == step::set_clock);
  CHECK(judged(403, "", 20s) == step::new_key);
  CHECK(judged(400, "") == step::new_key);
}

TEST_CASE("errors say what to change") {
  const auto text = [](int status, std::string_view code) {
    return error_of({status, code, "why", std::nullopt}, "k").message;
  };
  const auto named = [](int status, std::string_view code) {
    return error_of({status, code, "why", std::nullopt}, "k").code;
  };
  CHECK(named(404, "NoSuchKey") == errc::not_found);
  CHECK(named(404, "") == errc::not_found);
  CHECK(named(404, "NoSuchBucket") == errc::unavailable);
  CHECK(text(404, "NoSuchBucket").find("s3.bucket") != std::string::npos);
  // Where something is written or listed, only the bucket can be missing, or the server is none.
  CHECK(error_of({404, "", "", std::nullopt, false}, "k").code == errc::unavailable);
  CHECK(error_of({404, "", "", std::nullopt, false}, "k").message.find("s3.endpoint") != std::string::npos);
  CHECK(error_of({404, "NoSuchUpload", "", std::nullopt, false}, "k").code == errc::not_found);
  CHECK(named(412, "PreconditionFailed") == errc::already_exists);
  CHECK(text(301, "PermanentRedirect").find("s3.region") != std::string::npos);
  CHECK(text(403, "AccessDenied").find("credentials") != std::string::npos);
  CHECK(named(507, "") == errc::no_space);
  CHECK(named(400, "EntityTooLarge") == errc::too_large);
  CHECK(named(503, "SlowDown") == errc::unavailable);
  // Nothing of the server's gets into a log line unseen.
  CHECK(error_of({403, "A\nB", "c\x1b", std::nullopt}, "k").message.find_first_of("\n\x1b") == std::string::npos);
}

TEST_CASE("pauses double up to a bound, and are spread") {
  CHECK(pause_after(1, 0) == 50ms);
  CHECK(pause_after(1, 0.999) < 101ms);
  CHECK(pause_after(3, 0) == 200ms);
  CHECK(pause_after(100, 0) == 2500ms);
  CHECK(pause_after(100, 0.999) <= 5000ms);
}
