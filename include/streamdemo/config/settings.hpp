// Every setting of the program, typed, with its default. src/config/fields.cpp is the one list of their names, limits
// and descriptions; reading them and docs/configuration.md are based on it. A duration `x` is called `x_ms` outside the
// program. Plain values; the application owns them, and its parts hold references.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace streamdemo::config {

using base::milliseconds;

enum class role { all, gateway, processor };
enum class bus_kind { inprocess, kafka };
enum class sync_kind { always, interval };
// Where the files of tasks are kept, and how a gateway serves those of a bucket: as its own answer, or by sending the
// client to the bucket.
enum class store_kind { directory, s3 };
enum class serve_kind { proxy, redirect };
// How callers authenticate: not at all; by a key from a file; by a token of an issuer; by a proxy in front, which names
// them.
enum class auth_mode { none, keys, jwt, proxy };

// The kernel's limits (setrlimit) for a child process and for each of its descendants separately. 0: the limit of this
// program.
struct child_limits {
  std::uint64_t max_memory_bytes = 0;  // address space
  std::uint64_t max_cpu_seconds = 0;
  std::uint64_t max_file_bytes = 0;  // the size of each file that it writes
  std::uint64_t max_open_files = 0;  // descriptors
  std::uint64_t max_processes = 0;   // threads of the whole user, including those of this program
};

// [tasks.<kind>]: a program that runs the tasks of a kind.
struct command_task {
  std::vector<std::string> command;  // found in PATH; no shell
  std::string working_directory;     // empty: the server's
  std::uint64_t max_line_bytes = 262144;
  std::uint64_t max_output_bytes = 67108864;
  milliseconds kill_after{5000};  // between SIGTERM and SIGKILL
  bool resumable = false;
  bool terminal = false;          // standard output is a pseudo-terminal
  std::uint32_t concurrency = 0;  // of this kind; 0: as most_at_once() says
  child_limits limits;
};

// [auth.issuers.<name>]: an issuer whose tokens are accepted with auth.mode jwt.
struct token_issuer {
  std::string issuer;                 // as in the claim `iss` of its tokens
  std::vector<std::string> audience;  // the names of this service in the claim `aud`
  std::string jwks;                   // the source of its keys: https, http of this machine, or a file
  std::filesystem::path ca_file;      // of authorities for https; empty: the system's
  std::vector<std::string> algorithms{"RS256", "ES256"};
  std::vector<std::string> types{"at+jwt"};
  std::string scope_prefix;
  std::string kinds_claim;  // empty: its tokens are valid for all kinds
  milliseconds leeway{60000};
  std::string client_id;  // of the pages, which sign people in with this issuer; empty: they do not
  std::string sign_in_scope = "openid tasks:submit tasks:read tasks:cancel";
  std::string sign_in_resource;        // RFC 8707; empty: none is named
  std::string authorization_endpoint;  // this and the next: both, or by discovery
  std::string token_endpoint;
};

struct settings {
  config::role role = role::all;
  config::bus_kind bus = bus_kind::inprocess;

  struct {
    std::string name;  // empty: the role's name
    std::string log_level = "info";
  } instance;

  struct {
    std::vector<std::string> listen{"127.0.0.1", "::1"};  // addresses
    std::uint16_t port = 8080;
    std::uint32_t threads = 1;  // event loops
    std::uint32_t max_connections = 20000;
    std::uint64_t max_header_bytes = 16384;
    std::uint64_t max_body_bytes = 1048576;  // JSON bodies
    std::uint64_t max_upload_bytes = 2147483648;
    std::uint32_t max_tasks = 10000;            // accepted and not yet ended
    std::uint32_t max_events_per_read = 1000;   // in one poll response
    std::uint64_t max_message_bytes = 1048576;  // of one WebSocket message
    std::uint32_t max_subscriptions = 1000;     // tasks followed on one /api/stream
    std::uint32_t max_waiters = 1000;           // requests that wait for an unknown id
    milliseconds unknown_task_wait{2000};
    milliseconds request_timeout{15000};  // for the head; for the JSON body
    milliseconds idle_timeout{60000};     // between two requests of a connection; between two pieces of an upload
    milliseconds write_timeout{30000};    // for how long the peer may accept no byte
    milliseconds heartbeat{15000};
    milliseconds ping{25000};
    milliseconds pong_timeout{20000};
    milliseconds max_wait{30000};  // Prefer: wait
    milliseconds publish_timeout{5000};
    milliseconds drain{10000};
    milliseconds reconnect{12000};
    std::uint64_t send_buffer_bytes = 65536;
    std::uint64_t max_buffer_bytes = 67108864;         // all bodies, responses and messages in progress together
    std::uint64_t min_upload_bytes_per_second = 1024;  // an upload may lag behind this rate by at most idle_timeout
    std::vector<std::string> allowed_origins;          // in addition to the loopback names
    std::string public_url;                            // the URL that browsers use; empty: http and the request's Host
    bool allow_unauthenticated = false;                // listen beyond loopback with auth.mode none
  } gateway;

  struct {
    auth_mode mode = auth_mode::none;
    std::filesystem::path directory = "data/auth";  // of the keys, and of the secret if none is configured
    std::string id_secret;                          // shared by all gateways
    std::filesystem::path id_secret_file;           // used if id_secret is empty; empty: a file in `directory`
    std::vector<std::string> earlier_id_secrets;    // newest first
    milliseconds max_session{43200000};
    milliseconds max_ticket{600000};
    milliseconds session_slice{60000};
    std::vector<std::string> trusted_proxies;  // addresses
    std::string proxy_header = "X-Forwarded-User";
    std::map<std::string, token_issuer> issuers;  // [auth.issuers.<name>]
  } auth;

  struct {
    std::uint32_t open_tasks = 500;
    std::uint32_t submissions_per_second = 100;
    std::uint32_t submission_burst = 500;
    std::uint32_t waiters = 200;
    std::uint32_t streams = 5000;
    std::uint64_t upload_bytes = 4294967296;
  } quota;

  struct {
    std::vector<std::string> listen{"127.0.0.1"};
    std::uint16_t port = 8081;
    std::vector<std::string> allowed_hosts;  // in addition to loopback names, addresses and names without a dot
    std::filesystem::path token_file;        // whose token /metrics asks for; empty: none
  } management;

  struct {
    std::uint64_t max_bytes = 268435456;
    milliseconds keep_for{3600000};
  } results;

  struct {
    std::filesystem::path directory;  // empty: histories are kept in memory alone
    std::uint64_t max_disk_bytes = 10737418240;
  } history;

  struct {
    milliseconds default_deadline{1800000};
    milliseconds max_deadline{3600000};
    std::uint32_t process_video_concurrency = 0;  // of the built-in kinds; 0: as most_at_once() says
    std::uint32_t simulate_concurrency = 0;
    std::map<std::string, command_task> commands;       // [tasks.<kind>] command = …
    std::map<std::string, std::string> request_topics;  // [tasks.<kind>] request_topic = …
    std::map<std::string, std::string> input_schemas;   // [tasks.<kind>] input_schema = …, unread
  } tasks;

  struct {
    std::uint32_t concurrency = 4;           // of all kinds together
    milliseconds alone_wait{10000};          // how long a task that must run alone may keep others from starting
    std::uint64_t max_held_requests = 1000;  // of a partition that are received and not completed
    std::uint64_t max_gap = 1000000;
    std::uint64_t max_held_bytes = 67108864;        // of requests that are received and not completed
    std::uint64_t max_remembered_bytes = 67108864;  // for the ids of ended tasks
    std::uint64_t emit_bytes = 4194304;             // published and not yet acknowledged, per run
    std::uint64_t max_record_bytes = 921600;
    std::uint32_t max_runs = 3;  // runs after the first one; released ones do not count
    milliseconds alive_interval{2000};
    milliseconds recovery_margin{60000};
    milliseconds drain{20000};
  } processor;

  struct {
    std::string request = "request";
    std::string response = "response";
    std::string dead_letter = "request.dead-letter";
    std::string group = "streamdemo-processors";
    std::int32_t partitions = 12;
    std::int16_t replication = 3;
    milliseconds retention{10800000};
  } topics;

  struct {
    std::uint64_t request_max_bytes = 67108864;
    std::uint64_t response_max_bytes = 4194304;
    std::filesystem::path directory = "data/journal";  // empty: in memory only
    sync_kind sync = sync_kind::always;
    std::uint64_t max_disk_bytes = 10737418240;
  } inprocess;

  struct {
    std::vector<std::string> brokers{"localhost:9092"};  // host:port of some brokers
    std::map<std::string, std::string> properties;       // [kafka.properties], passed to librdkafka unchanged
  } kafka;

  struct {
    store_kind store = store_kind::directory;
    std::filesystem::path directory = "data/artifacts";
    milliseconds keep_for{7200000};
    std::uint64_t max_bytes = 10737418240;
    std::uint32_t threads = 2;
    serve_kind serve = serve_kind::proxy;
  } artifacts;

  // Used if artifacts.store is s3. What is empty is taken from the AWS_* variables where they have it.
  struct {
    std::string endpoint;         // http(s)://host[:port]; empty: that of AWS in the region
    std::string public_endpoint;  // as clients reach it; empty: the same
    std::filesystem::path ca_file;
    std::string bucket;
    std::string region;
    std::string prefix;
    bool path_style = true;
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;
    std::filesystem::path credentials_file;
    std::string profile;
    std::uint64_t part_bytes = 8388608;
    std::uint32_t parts_in_flight = 1;  // per upload, beside the one that is being filled
    std::uint64_t max_buffer_bytes = 268435456;
    std::uint32_t connections = 16;
    milliseconds retry_for{30000};
    milliseconds url_lifetime{300000};
    milliseconds abort_after{86400000};
    std::filesystem::path scratch_directory = "data/scratch";
    std::uint64_t max_scratch_bytes = 10737418240;
  } s3;

  struct {
    std::string ffmpeg = "ffmpeg";
    std::string ffprobe = "ffprobe";
    std::uint32_t max_sample_seconds = 600;
    child_limits limits;  // for ffmpeg and ffprobe
  } video;
};

// The part of artifacts.max_bytes for uploads whose tasks have not ended. The rest stays free for the files that those
// tasks make.
constexpr std::uint64_t max_input_bytes(const settings& s) noexcept {
  return s.artifacts.max_bytes - s.artifacts.max_bytes / 4;
}

// How many tasks of a kind run at once, whose setting is `configured`. By default one fewer than of all kinds together,
// so that long tasks of one kind leave a slot to the others.
constexpr std::uint32_t most_at_once(const settings& s, std::uint32_t configured) noexcept {
  if (configured != 0) return configured;
  return s.processor.concurrency > 1 ? s.processor.concurrency - 1 : 1;
}

}  // namespace streamdemo::config
