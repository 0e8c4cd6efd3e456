#include "artifacts/s3/transfers.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <streamdemo/base/shown.hpp>
#include <streamdemo/base/text.hpp>
#include <streamdemo/base/transfer.hpp>
#include <thread>

namespace streamdemo::artifacts::s3 {

namespace {

using base::errc;
using base::error;
using base::result;

struct easy_deleter {
  void operator()(CURL* e) const noexcept { ::curl_easy_cleanup(e); }
};
struct list_deleter {
  void operator()(curl_slist* l) const noexcept { ::curl_slist_free_all(l); }
};

// One call on its way. Used by the thread of the transfers, but for `canceled`.
struct job {
  const exchange* what = nullptr;
  std::function<void(result<exchanged>)> done;
  std::atomic<bool> canceled{false};
  std::unique_ptr<CURL, easy_deleter> easy;
  std::unique_ptr<curl_slist, list_deleter> fields;
  std::uint64_t sent = 0;
  exchanged got;
  bool too_large = false;
  int file_errno = 0;
  char text[CURL_ERROR_SIZE] = "";
};

job& of(void* p) {
  return *static_cast<job*>(p);
}

std::size_t give_bytes(char* to, std::size_t one, std::size_t count, void* p) {
  auto& j = of(p);
  const auto& w = *j.what;
  if (w.body_file < 0) {
    const auto n = std::min(one * count, w.body.size() - static_cast<std::size_t>(j.sent));
    std::memcpy(to, w.body.data() + j.sent, n);
    j.sent += n;
    return n;
  }
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(one * count, w.body_size - j.sent));
  const auto got = ::pread(w.body_file, to, n, static_cast<off_t>(j.sent));
  if (got < 0 || (got == 0 && n > 0)) {
    j.file_errno = got < 0 ? errno : EIO;
    return CURL_READFUNC_ABORT;
  }
  j.sent += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

// A kept connection that turns out to be dead: the body is sent once more.
int rewind(void* p, curl_off_t to, int from) {
  if (from != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  of(p).sent = static_cast<std::uint64_t>(to);
  return CURL_SEEKFUNC_OK;
}

std::size_t take_bytes(char* bytes, std::size_t one, std::size_t count, void* p) {
  auto& j = of(p);
  const auto n = one * count;
  long status = 0;
  curl_easy_getinfo(j.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (j.what->answer_file < 0 || status >= 300) {
    // Enough of an error's text, whatever was wanted.
    const auto most = std::max<std::size_t>(j.what->max_answer, 64 << 10);
    j.too_large = n > most - j.got.body.size();
    if (!j.too_large) j.got.body.append(bytes, n);
    return j.too_large ? 0 : n;
  }
  for (std::size_t at = 0; at < n;) {
    const auto put =
        ::pwrite(j.what->answer_file, bytes + at, n - at, static_cast<off_t>(j.what->answer_at + j.got.written));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      j.file_errno = errno;
      return 0;
    }
    at += static_cast<std::size_t>(put);
    j.got.written += static_cast<std::uint64_t>(put);
  }
  return n;
}

std::optional<base::sys_time> time_of(std::string_view text) {
  const auto t = ::curl_getdate(std::string(text).c_str(), nullptr);
  if (t < 0) return std::nullopt;
  return base::sys_time(std::chrono::seconds(t));
}

std::size_t take_field(char* bytes, std::size_t one, std::size_t count, void* p) {
  auto& got = of(p).got;
  const std::string_view line(bytes, one * count);
  if (line.starts_with("HTTP/")) {
    // The head of another answer, after one of 100 or of a proxy.
    got = {};
    return line.size();
  }
  const auto colon = line.find(':');
  if (colon == line.npos) return line.size();
  const auto is = [name = line.substr(0, colon)](std::string_view wanted) { return base::same_word(name, wanted); };
  auto value = line.substr(colon + 1);
  while (value.ends_with('\r') || value.ends_with('\n')) value.remove_suffix(1);
  value = base::trim(value);
  if (is("etag")) got.etag = value;
  if (is("last-modified")) got.modified = time_of(value);
  if (is("date")) got.date = time_of(value);
  if (is("x-amz-meta-streamdemo-write")) got.write_id = value;
  return line.size();
}

void set_body(CURL* c, const exchange& w) {
  const auto size = w.body_file < 0 ? w.body.size() : w.body_size;
  if (w.method == "PUT") {
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
  } else if (w.method == "POST") {
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
  } else if (w.method == "HEAD") {
    curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
  } else if (w.method != "GET") {
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, std::string(w.method).c_str());
  }
}

void prepare(job& j, std::chrono::seconds stall, const std::string& ca_file) {
  auto* const c = j.easy.get();
  const auto& w = *j.what;
  base::prepare_transfer(c, w.url, j.text);
  // Without TLS it is a server nearby.
  if (w.url.starts_with("http://")) curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
  base::trust_only(c, ca_file);
  curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(c, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, static_cast<long>(stall.count()));
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(std::chrono::milliseconds(w.at_most).count()));
  curl_easy_setopt(c, CURLOPT_READFUNCTION, give_bytes);
  curl_easy_setopt(c, CURLOPT_READDATA, &j);
  curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, rewind);
  curl_easy_setopt(c, CURLOPT_SEEKDATA, &j);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_bytes);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &j);
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_field);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, &j);
  curl_easy_setopt(c, CURLOPT_PRIVATE, &j);
  set_body(c, w);
  // Without "Expect", for whose answer curl would wait a second where none comes. A type is added to POST otherwise.
  auto* list = ::curl_slist_append(nullptr, "Expect:");
  if (w.method == "POST") list = ::curl_slist_append(list, "Content-Type:");
  for (const auto& [name, value] : w.fields) {
    if (name == "host") continue;
    list = ::curl_slist_append(list, (value.empty() ? name + ";" : name + ": " + value).c_str());
  }
  j.fields.reset(list);
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
}

result<exchanged> outcome(job& j, CURLcode code) {
  if (j.file_errno != 0) {
    const auto kind = j.file_errno == ENOSPC || j.file_errno == EDQUOT ? errc::no_space : errc::io;
    return error{kind, fmt::format("a local file of a transfer failed: {}", std::strerror(j.file_errno))};
  }
  if (j.too_large) return error{errc::too_large, "the bucket's server answers with more than was asked for"};
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(j.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_off_t length = -1;
    curl_easy_getinfo(j.easy.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    j.got.status = static_cast<int>(status);
    if (length >= 0) j.got.length = static_cast<std::uint64_t>(length);
    return std::move(j.got);
  }
  auto why = base::shown(j.text[0] != '\0' ? j.text : curl_easy_strerror(code));
  if (code == CURLE_PEER_FAILED_VERIFICATION) why += "; s3.ca_file names the authorities that are trusted";
  return error{code == CURLE_OPERATION_TIMEDOUT ? errc::timed_out : errc::unavailable, std::move(why)};
}

}  // namespace

struct transfers::state {
  state(std::size_t n, std::chrono::seconds s, std::string ca) : most(n), stall(s), ca_file(std::move(ca)) {
    base::use_curl();
    multi = ::curl_multi_init();
    // Idle connections beyond it are closed.
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(n));
    thread = std::thread([this] { run(); });
  }
  ~state() {
    {
      const std::lock_guard lock(mutex);
      ending = true;
    }
    ::curl_multi_wakeup(multi);
    thread.join();
    ::curl_multi_cleanup(multi);
  }

  void add(std::shared_ptr<job> j) {
    {
      const std::lock_guard lock(mutex);
      waiting.push_back(std::move(j));
    }
    ::curl_multi_wakeup(multi);
  }

  void run() {
    for (;;) {
      if (!start_some()) return;
      int running = 0;
      ::curl_multi_perform(multi, &running);
      finish_some();
      end_canceled();
      ::curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
  }

  // False: nothing is left, and nothing may come.
  bool start_some() {
    std::deque<std::shared_ptr<job>> fresh, refused;
    {
      const std::lock_guard lock(mutex);
      if (ending) {
        refused.swap(waiting);
      } else {
        while (!waiting.empty() && active.size() + fresh.size() < most) {
          fresh.push_back(std::move(waiting.front()));
          waiting.pop_front();
        }
        // A canceled one does not wait for its turn.
        for (auto it = waiting.begin(); it != waiting.end();) {
          if (!(*it)->canceled) {
            ++it;
            continue;
          }
          refused.push_back(std::move(*it));
          it = waiting.erase(it);
        }
      }
      if (ending && active.empty() && refused.empty()) return false;
    }
    for (auto& j : refused) end(*j);
    for (auto& j : fresh) start(std::move(j));
    if (ending_now()) end_all();
    return !(ending_now() && active.empty());
  }

  bool ending_now() {
    const std::lock_guard lock(mutex);
    return ending;
  }

  void start(std::shared_ptr<job> j) {
    if (!idle.empty()) {
      j->easy = std::move(idle.back());
      idle.pop_back();
    } else {
      j->easy.reset(::curl_easy_init());
    }
    if (!j->easy) {
      j->done(error{errc::full, "libcurl has no memory for a transfer"});
      return;
    }
    prepare(*j, stall, ca_file);
    ::curl_multi_add_handle(multi, j->easy.get());
    active.push_back(std::move(j));
  }

  void finish_some() {
    int left = 0;
    while (const auto* m = ::curl_multi_info_read(multi, &left)) {
      if (m->msg != CURLMSG_DONE) continue;
      const auto code = m->data.result;
      const auto it =
          std::find_if(active.begin(), active.end(), [&](const auto& j) { return j->easy.get() == m->easy_handle; });
      const auto j = *it;
      active.erase(it);
      ::curl_multi_remove_handle(multi, j->easy.get());
      auto got = outcome(*j, code);
      ::curl_easy_reset(j->easy.get());
      if (idle.size() < most) idle.push_back(std::move(j->easy));
      j->fields.reset();
      j->done(std::move(got));
    }
  }

  void end_canceled() {
    for (auto it = active.begin(); it != active.end();) {
      const auto j = *it;
      if (!j->canceled) {
        ++it;
        continue;
      }
      it = active.erase(it);
      stop(*j);
    }
  }

  void end_all() {
    while (!active.empty()) {
      const auto j = active.front();
      active.pop_front();
      stop(*j);
    }
  }

  void stop(job& j) {
    ::curl_multi_remove_handle(multi, j.easy.get());
    end(j);
  }

  static void end(job& j) {
    j.done(j.canceled ? error{errc::canceled, "the transfer was canceled"}
                      : error{errc::closed, "the store of files is closing"});
  }

  const std::size_t most;
  const std::chrono::seconds stall;
  const std::string ca_file;
  CURLM* multi = nullptr;
  std::mutex mutex;
  std::deque<std::shared_ptr<job>> waiting;
  bool ending = false;
  // Of the thread alone:
  std::list<std::shared_ptr<job>> active;
  std::vector<std::unique_ptr<CURL, easy_deleter>> idle;
  std::thread thread;
};

transfers::transfers(std::size_t most, std::chrono::seconds stall, std::string ca_file)
    : state_(std::make_unique<state>(most, stall, std::move(ca_file))) {}
transfers::~transfers() = default;

base::awaitable<base::result<exchanged>> transfers::perform(const exchange& what) {
  // As in base::blocking_pool: the completion handler owns this frame, and with it `value`.
  std::optional<result<exchanged>> value;
  const base::executor ex = co_await asio::this_coro::executor;
  auto begin = [s = state_.get(), ex, w = &what, value = &value](auto handler) {
    auto j = std::make_shared<job>();
    j->what = w;
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
      slot.assign([s, weak = std::weak_ptr<job>(j)](asio::cancellation_type_t) {
        if (const auto one = weak.lock()) {
          one->canceled = true;
          ::curl_multi_wakeup(s->multi);
        }
      });
    }
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = asio::require(ex, asio::execution::outstanding_work.tracked);
    // Called once. Nothing of the handler stays on the other thread, and `work` keeps the loop until that lets go.
    j->done = [work, shared, value](result<exchanged> r) mutable {
      value->emplace(std::move(r));
      asio::post(work, [shared = std::move(shared)] { (*shared)(); });
    };
    shared.reset();
    s->add(std::move(j));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<base::executor>, void()>(begin, base::use_awaitable);
  co_return std::move(*value);
}

}  // namespace streamdemo::artifacts::s3
