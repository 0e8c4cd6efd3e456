#include "gateway/access/https_get.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <memory>
#include <streamdemo/base/shown.hpp>

namespace streamdemo::gateway {

namespace {

using base::errc;

struct transfer {
  std::string body;
  std::size_t max_bytes;
  const std::atomic<bool>& ending;
};

std::size_t take_bytes(char* bytes, std::size_t one, std::size_t count, void* to) {
  auto& t = *static_cast<transfer*>(to);
  const auto n = one * count;
  // Fewer than there were ends the transfer.
  if (n > t.max_bytes - t.body.size()) return 0;
  t.body.append(bytes, n);
  return n;
}

int is_over(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<transfer*>(of)->ending ? 1 : 0;
}

// No child process inherits it.
curl_socket_t open_socket(void*, curlsocktype, curl_sockaddr* a) {
  return ::socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
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

// Its first call must not be made by two threads at once.
void use_curl() {
  static const auto once = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)once;
}

}  // namespace

base::result<std::string> https_get(const std::string& url, std::size_t max_bytes, base::milliseconds timeout,
                                    const std::atomic<bool>& ending) {
  use_curl();
  const std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> easy(::curl_easy_init(), ::curl_easy_cleanup);
  if (!easy) return base::error{errc::unavailable, "libcurl has no memory for a transfer"};
  auto* const c = easy.get();
  transfer t{{}, max_bytes, ending};
  char what[CURL_ERROR_SIZE] = "";
  const bool plain = url.starts_with("http://");
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
  if (plain) curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);  // a resolver that hangs holds nobody up
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(max_bytes));
  curl_easy_setopt(c, CURLOPT_USERAGENT, "streamdemo");
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, what);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_bytes);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &t);
  curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, is_over);
  curl_easy_setopt(c, CURLOPT_XFERINFODATA, &t);
  curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  if (const auto failed = curl_easy_perform(c); failed != CURLE_OK) {
    const auto code = code_of(failed);
    if (code == errc::too_large) return base::error{code, fmt::format("answers with more than {} bytes", max_bytes)};
    return base::error{code, base::shown(*what != '\0' ? what : curl_easy_strerror(failed))};
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
