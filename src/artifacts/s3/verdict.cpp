#include "artifacts/s3/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <streamdemo/base/shown.hpp>

namespace streamdemo::artifacts::s3 {

namespace {

using base::errc;
using base::error;

// Servers allow 15 minutes. A clock that is off by less than this is not the reason.
constexpr std::chrono::minutes clocks_agree{4};

template <std::size_t N>
bool is_one_of(std::string_view code, const std::array<std::string_view, N>& of) {
  return std::find(of.begin(), of.end(), code) != of.end();
}

constexpr std::array<std::string_view, 8> for_now{
    "SlowDown",   "ServiceUnavailable",   "InternalError",    "RequestTimeout",
    "Throttling", "RequestLimitExceeded", "OperationAborted", "ConditionalRequestConflict"};
constexpr std::array<std::string_view, 6> of_keys{"ExpiredToken",         "InvalidAccessKeyId",
                                                  "InvalidToken",         "TokenRefreshRequired",
                                                  "InvalidClientTokenId", "SignatureDoesNotMatch"};

bool clock_is_wrong(const seen_answer& a) {
  return a.behind && (*a.behind > clocks_agree || *a.behind < -clocks_agree);
}

}  // namespace

step judge(const seen_answer& a) {
  if (is_one_of(a.code, for_now)) return step::again;  // some of them come with 200, 400 or 409
  if (a.status >= 200 && a.status < 300) return a.code.empty() ? step::done : step::give_up;
  if (a.status >= 500 || a.status == 429 || a.status == 408) return a.status == 501 ? step::give_up : step::again;
  if (a.status == 400 || a.status == 403) {
    if ((a.code.empty() || a.code == "RequestTimeTooSkewed" || a.code == "AccessDenied" ||
         a.code == "SignatureDoesNotMatch") &&
        clock_is_wrong(a)) {
      return step::set_clock;
    }
    // An answer to HEAD has no body, so that its code is not known.
    if (a.code.empty() || is_one_of(a.code, of_keys)) return step::new_key;
  }
  return step::give_up;
}

error error_of(const seen_answer& a, std::string_view on) {
  const auto what = a.code.empty() ? std::to_string(a.status)
                                   : fmt::format("{} {}: {}", a.status, base::shown(std::string(a.code)),
                                                 base::shown(std::string(a.message)));
  if (a.code == "NoSuchBucket") {
    return {errc::unavailable,
            fmt::format("the bucket does not exist ({}, for {}); make it, or correct s3.bucket", what, on)};
  }
  if (a.status == 404 && (a.of_object || a.code == "NoSuchUpload"))
    return {errc::not_found, fmt::format("there is no {}", on)};
  if (a.status == 404) {
    return {errc::unavailable,
            fmt::format("the server knows no bucket at this address ({}, for {}); correct s3.endpoint", what, on)};
  }
  if (a.status == 412) return {errc::already_exists, fmt::format("the name {} is taken", on)};
  if (a.code == "EntityTooLarge")
    return {errc::too_large, fmt::format("{} is too large for the bucket ({})", on, what)};
  if (a.code == "QuotaExceeded" || a.code == "XMinioStorageFull" || a.status == 507) {
    return {errc::no_space, fmt::format("the bucket has no room for {} ({})", on, what)};
  }
  if (a.code == "PermanentRedirect" || a.code == "AuthorizationHeaderMalformed" || a.status == 301 || a.status == 307) {
    return {errc::unavailable,
            fmt::format("the bucket is not at this endpoint or in this region ({}, for {}); correct s3.region and "
                        "s3.endpoint",
                        what, on)};
  }
  if (a.status == 400 || a.status == 401 || a.status == 403) {
    return {errc::unavailable,
            fmt::format("the bucket's server refuses the key for {} ({}); check the credentials of [s3], what they "
                        "allow, and the clock",
                        on, what)};
  }
  return {errc::unavailable, fmt::format("the bucket's server cannot serve {} now ({})", on, what)};
}

base::milliseconds pause_after(int tries, double chance) {
  constexpr double first = 100, longest = 5000;
  const auto most = std::min(longest, first * std::pow(2.0, std::min(tries, 16) - 1));
  return base::milliseconds(static_cast<std::int64_t>(most * (0.5 + chance / 2)));
}

}  // namespace streamdemo::artifacts::s3
