// The requests to one bucket: signed, tried again while the server cannot answer them, and with its errors named.
// Coroutines of any executor; they end early when they are canceled. Thread-safe.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/base/offload.hpp>
#include <streamdemo/base/quiet.hpp>

#include <atomic>
#include <mutex>

#include "artifacts/s3/key_source.hpp"
#include "artifacts/s3/transfers.hpp"
#include "artifacts/s3/verdict.hpp"
#include "artifacts/s3/xml.hpp"

namespace streamdemo::artifacts::s3 {

using base::awaitable;
using base::errc;
using base::error;
using base::result;

struct bucket_address {
  std::string scheme;                           // "https://"
  std::string host;                             // as in the field Host, with the bucket if it is named there
  std::string root;                             // "/" or "/bucket/"
  std::string url(std::string_view key) const;  // without a query; the key is escaped in it
};
// Error: invalid_argument, for an endpoint that is none.
result<bucket_address> address_of(std::string_view endpoint, std::string_view bucket, bool path_style);

struct client_options {
  bucket_address at;
  bucket_address shown_at;  // for clients
  std::string region;
  std::string ca_file;  // empty: the system's authorities
  std::size_t connections = 1;
  base::milliseconds retry_for{0};
};

struct object_head {
  std::uint64_t size = 0;
  std::string etag;
  base::sys_time modified{};  // by the server's clock
  std::string write_id;
};

// What a client gets at a signed address.
struct shown_object {
  std::string_view method;  // GET or HEAD
  std::string_view key;
  std::string_view type;
  std::string_view disposition;  // may be empty
  std::chrono::seconds lifetime;
};

// The content of an object that is put: bytes in memory, or the first `size` of a file.
struct content {
  std::string_view bytes;
  int file = -1;
  std::uint64_t size = 0;
  std::string hash;  // SHA-256 in hex
};

class client {
 public:
  client(client_options o, key_source& keys, base::blocking_pool& pool, const base::clock& clock,
         base::metrics& metrics, const base::logger& log);

  // One try to list something below `prefix`. An error that the server itself has answered is invalid_argument.
  awaitable<result<void>> probe(std::string prefix);
  // `yes`: for what is repeated anyway, or that nobody should wait for long. An error that the server itself has
  // answered is then invalid_argument.
  enum class try_once { no, yes };
  awaitable<result<object_head>> head(std::string key, try_once once = try_once::no);
  // Bytes [from, from+size) of an object that has this tag. Errors: not_found, conflict (it has another).
  awaitable<result<std::string>> get(std::string key, std::string etag, std::uint64_t from, std::uint64_t size);
  // The same into a file, at `from`.
  awaitable<result<void>> get_to(int file, std::string key, std::string etag, std::uint64_t from, std::uint64_t size);
  // Never replaces: errc::already_exists. Succeeds if an earlier try of this call has put it.
  awaitable<result<void>> put(std::string key, content what);
  // Succeeds if there is none.
  awaitable<result<void>> remove(std::string key, try_once once = try_once::no);
  awaitable<result<object_list>> list(std::string prefix, std::string from, int most, try_once once = try_once::no);

  // An upload in parts, each but the last of at least 5 MiB. It becomes visible by complete(), as put() does.
  struct parts_upload {
    std::string key;
    std::string id;
    std::string write_id;
  };
  awaitable<result<parts_upload>> begin(std::string key);
  awaitable<result<sent_part>> put_part(const parts_upload& to, int number, content what);
  awaitable<result<void>> complete(const parts_upload& u, const std::vector<sent_part>& parts);
  awaitable<result<void>> abort(std::string key, std::string id);
  // Also error: unsupported; not every server can do it.
  awaitable<result<upload_list>> list_uploads(std::string prefix, std::string from_key, std::string from_id);

  // For anybody who has it, until its time is over. Does not block.
  std::string presigned(const shown_object& o) const;
  std::string shown_origin() const { return options_.shown_at.scheme + options_.shown_at.host; }
  // The time by the server's clock, as of its last answer.
  base::sys_time server_now() const { return clock_.now() + base::microseconds(measured_.load()); }

 private:
  struct call {
    std::string_view method;
    std::string key;
    pairs query;
    pairs fields;
    content body;
    std::size_t max_answer = 0;
    int answer_file = -1;
    std::uint64_t answer_at = 0;
    bool once = false;     // not tried again
    bool is_rare = false;  // not every server can do it
  };
  awaitable<result<exchanged>> send(call c);
  awaitable<result<exchanged>> once(const call& c, const credentials& by);
  awaitable<result<void>> settled(std::string key, std::string write_id, error why);
  awaitable<bool> renew(const credentials& refused);
  base::sys_time signing_time() const { return clock_.now() + base::microseconds(ahead_.load()); }
  void tell(const error& why);
  void set_clock(base::microseconds ahead);

  const client_options options_;
  key_source& keys_;
  base::blocking_pool& pool_;
  const base::clock& clock_;
  const base::logger& log_;
  base::counter& good_;
  base::counter& bad_;
  base::counter& repeated_;
  std::mutex telling_;
  base::quiet quiet_;
  // How far the server's clock is ahead of ours, in microseconds: what requests are signed for, and what it last told.
  // They differ as long as the server takes our own time.
  std::atomic<std::int64_t> ahead_{0};
  std::atomic<std::int64_t> measured_{0};
  transfers transfers_;
};

}  // namespace streamdemo::artifacts::s3
