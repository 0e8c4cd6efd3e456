#include "tracing/http_post.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/base/text.hpp>
#include <streamdemo/base/transfer.hpp>

namespace streamdemo::tracing {

namespace {

constexpr std::size_t most_read = 65536;

std::size_t take_body(char* bytes, std::size_t one, std::size_t count, void* to) {
  auto& a = *static_cast<post_answer*>(to);
  const auto n = one * count;
  a.body.append(bytes, std::min(n, most_read - a.body.size()));
  return n;
}

std::size_t take_field(char* bytes, std::size_t one, std::size_t count, void* to) {
  constexpr std::string_view name = "retry-after:";
  const std::string_view line(bytes, one * count);
  if (base::same_word(line.substr(0, name.size()), name)) {
    auto value = line.substr(name.size());
    while (!value.empty() && (value.back() == '\r' || value.back() == '\n')) value.remove_suffix(1);
    static_cast<post_answer*>(to)->retry_after = base::trim(value);
  }
  return line.size();
}

}  // namespace

struct http_post::state {
  std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> easy{::curl_easy_init(), ::curl_easy_cleanup};
  std::unique_ptr<curl_slist, decltype(&::curl_slist_free_all)> fields{nullptr, ::curl_slist_free_all};
  char what[CURL_ERROR_SIZE] = "";

  void add(const std::string& field) {
    auto* longer = ::curl_slist_append(fields.get(), field.c_str());
    if (longer == nullptr) return;
    (void)fields.release();
    fields.reset(longer);
  }
};

http_post::http_post(const options& o, const std::atomic<bool>& ending) : state_(std::make_unique<state>()) {
  auto* const c = state_->easy.get();
  if (c == nullptr) return;
  state_->add("Content-Type: application/x-protobuf");
  state_->add("Expect:");  // no round trip before the body
  for (const auto& [name, value] : o.headers) state_->add(name + ": " + value);
  base::prepare_transfer(c, o.url, state_->what);
  base::give_up_with(c, ending);
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, state_->fields.get());
  curl_easy_setopt(c, CURLOPT_POST, 1L);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(o.timeout.count()));
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_field);
  base::trust_only(c, o.certificate);
}

http_post::~http_post() = default;

post_answer http_post::send(const std::string& body) {
  post_answer a;
  auto* const c = state_->easy.get();
  if (c == nullptr) {
    a.why = "libcurl has no memory for a transfer";
    return a;
  }
  curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &a);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, &a);
  state_->what[0] = '\0';
  if (const auto failed = curl_easy_perform(c); failed != CURLE_OK) {
    a.status = 0;
    a.why = base::shown(state_->what[0] != '\0' ? state_->what : curl_easy_strerror(failed));
    if (failed == CURLE_PEER_FAILED_VERIFICATION) a.why += "; OTEL_EXPORTER_OTLP_CERTIFICATE names the authorities";
    return a;
  }
  long status = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  a.status = static_cast<int>(status);
  const char* type = nullptr;
  curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type);
  if (type != nullptr) a.type = type;
  return a;
}

}  // namespace streamdemo::tracing
