#include "gateway/access/https_get.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/base/transfer.hpp>

namespace streamdemo::gateway {

namespace {

using base::errc;

struct transfer {
  std::string body;
  std::size_t max_bytes;
};

std::size_t take_bytes(char* bytes, std::size_t one, std::size_t count, void* to) {
  auto& t = *static_cast<transfer*>(to);
  const auto n = one * count;
  // Fewer than there were ends the transfer.
  if (n > t.max_bytes - t.body.size()) return 0;
  t.body.append(bytes, n);
  return n;
}

errc code_of(CURLcode c) noexcept {
  switch (c) {
    case CURLE_OPERATION_TIMEDOUT:
      return errc::timed_out;
    case CURLE_WRITE_ERROR:
    case CURLE_FILESIZE_EXCEEDED:
      return errc::too_large;
    case CURLE_ABORTED_BY_CALLBACK:
      return errc::canceled;
    default:
      return errc::unavailable;
  }
}

}  // namespace

base::result<std::string> https_get(const std::string& url, const std::string& ca_file, std::size_t max_bytes,
                                    base::milliseconds timeout, const std::atomic<bool>& ending) {
  base::use_curl();
  const std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> easy(::curl_easy_init(), ::curl_easy_cleanup);
  if (!easy) return base::error{errc::unavailable, "libcurl has no memory for a transfer"};
  auto* const c = easy.get();
  transfer t{{}, max_bytes};
  char what[CURL_ERROR_SIZE] = "";
  base::prepare_transfer(c, url, what);
  base::trust_only(c, ca_file);
  base::give_up_with(c, ending);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(max_bytes));
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_bytes);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &t);
  if (const auto failed = curl_easy_perform(c); failed != CURLE_OK) {
    const auto code = code_of(failed);
    if (code == errc::too_large) return base::error{code, fmt::format("answers with more than {} bytes", max_bytes)};
    auto why = base::shown(*what != '\0' ? what : curl_easy_strerror(failed));
    if (failed == CURLE_PEER_FAILED_VERIFICATION) why += "; its ca_file names the authorities that are trusted";
    return base::error{code, std::move(why)};
  }
  long status = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  if (status == 200) return std::move(t.body);
  const char* elsewhere = nullptr;
  curl_easy_getinfo(c, CURLINFO_REDIRECT_URL, &elsewhere);
  if (elsewhere) {
    return base::error{errc::unavailable,
                       fmt::format("answers {} and points to {}: redirections are not followed, so configure the "
                                   "address itself",
                                   status, base::shown(elsewhere))};
  }
  return base::error{errc::unavailable, fmt::format("answers {}", status)};
}

}  // namespace streamdemo::gateway
