#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <cstring>
#include <streamdemo/base/text.hpp>
#include <streamdemo/base/transfer.hpp>
#include <type_traits>

namespace streamdemo::base {

namespace {

static_assert(std::is_same_v<CURL, void>);

curl_socket_t open_closed_for_children(void*, curlsocktype, curl_sockaddr* a) {
  return ::socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

int is_given_up(void* ending, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<const std::atomic<bool>*>(ending) ? 1 : 0;
}

}  // namespace

void use_curl() {
  // Two threads must not make its first call at once.
  static const auto once = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)once;
}

void prepare_transfer(void* easy, const std::string& url, char* why) {
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, url.starts_with("http://") ? "http" : "https");
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  if (is_on_this_machine(url)) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_closed_for_children);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "streamdemo");
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, why);
}

void trust_only(void* easy, const std::string& ca_file) {
  if (ca_file.empty()) return;
  curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file.c_str());
  // Otherwise those of the system's directory count besides.
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  // Otherwise a file that was wrong, or whose authorities have changed, counts for a day.
  curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
}

result<void> check_authorities(const std::string& ca_file, std::string_view correct) {
  if (ca_file.empty() || ::access(ca_file.c_str(), R_OK) == 0) return {};
  return error{errc::invalid_argument,
               fmt::format("could not read {}: {}; correct {}", ca_file, std::strerror(errno), correct)};
}

void give_up_with(void* easy, const std::atomic<bool>& ending) {
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, is_given_up);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&ending));
}

bool is_on_this_machine(std::string_view url) {
  const auto scheme = url.find("://");
  auto host = url.substr(scheme == std::string_view::npos ? 0 : scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  // Behind user and password.
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  const bool bracketed = host.starts_with('[');
  host = bracketed ? host.substr(1, host.find(']') - 1) : host.substr(0, host.find(':'));
  if (same_word(host, "localhost")) return true;
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(std::string(host), ec);
  return !ec && address.is_loopback();
}

}  // namespace streamdemo::base
