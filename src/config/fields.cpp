// The one list of all settings, but for those of a token issuer (issuer_fields.cpp). For a new setting, add a member to
// the structure and an entry here.
#include <limits>

#include "config/make_field.hpp"

namespace streamdemo::config {

namespace {

using field_list = std::vector<field>;

template <class At>
field num(std::string key, At at, std::int64_t min, std::int64_t max, std::string sentence) {
  return number<settings>(std::move(key), at, min, max, std::move(sentence));
}

// `at` returns the limits inside the owner.
template <class Owner, class At>
void add_child_limits(std::vector<basic_field<Owner>>& f, const std::string& prefix, At at) {
  const auto add = [&](const char* name, auto member, std::int64_t max, std::string sentence) {
    const auto to = [at, member](auto& owner) -> auto& { return at(owner).*member; };
    f.push_back(number<Owner>(prefix + name, to, 0, max, std::move(sentence)));
  };
  add("max_memory_bytes", &child_limits::max_memory_bytes, tib,
      "The most address space of each process of the program, which is more than the memory that it uses; 0 sets no "
      "limit.");
  add("max_cpu_seconds", &child_limits::max_cpu_seconds, 7 * day / second,
      "The most CPU time of each process of the program; one that needs more is ended. 0 sets no limit.");
  add("max_file_bytes", &child_limits::max_file_bytes, tib,
      "The largest file that the program may write; 0 sets no limit.");
  add("max_open_files", &child_limits::max_open_files, mib,
      "How many files, pipes and sockets each process of the program may have open; 0 sets no limit of its own.");
  add("max_processes", &child_limits::max_processes, mib,
      "The program cannot start a process or thread while the user that the server runs as has this many, all of its "
      "programs counted; 0 sets no limit.");
}

void add_process(field_list& f) {
  f.push_back(choice<settings, config::role>(
      "role", AT(role), {{"all", role::all}, {"gateway", role::gateway}, {"processor", role::processor}},
      "What this process is: a gateway, a processor, or both in one."));
  f.push_back(choice<settings, bus_kind>("bus", AT(bus),
                                         {{"inprocess", bus_kind::inprocess}, {"kafka", bus_kind::kafka}},
                                         "What carries the records: this one process, or a Kafka cluster."));
  f.push_back(text<settings>(
      "instance.name", AT(instance.name), wrong_instance_name, "at most 64 of a-z A-Z 0-9 . _ -",
      "The name of this process in events (empty: the name of its role), and its client.id at Kafka's brokers."));
  f.push_back(choice<settings, std::string>(
      "instance.log_level", AT(instance.log_level),
      {{"debug", "debug"}, {"info", "info"}, {"warning", "warning"}, {"error", "error"}, {"off", "off"}},
      "The lowest level that is logged, to standard error."));
}

void add_gateway_limits(field_list& f) {
  f.push_back(
      list<settings>("gateway.listen", AT(gateway.listen), may_be_empty::no, wrong_address, "IP addresses",
                     "The addresses for clients; the default is this machine only, [\"::\"] is every address."));
  f.push_back(num("gateway.port", AT(gateway.port), 0, 65535, "The port for clients; 0 lets the system choose."));
  f.push_back(num("gateway.threads", AT(gateway.threads), 1, 256, "Event loops, each with a thread of its own."));
  f.push_back(num("gateway.max_connections", AT(gateway.max_connections), 1, 1000000,
                  "How many connections may be open at once; further ones are answered 503 and closed."));
  f.push_back(num("gateway.max_header_bytes", AT(gateway.max_header_bytes), kib, mib,
                  "The largest request line and header fields of one request together."));
  f.push_back(num("gateway.max_body_bytes", AT(gateway.max_body_bytes), kib, 64 * mib, "The largest JSON body."));
  f.push_back(num("gateway.max_upload_bytes", AT(gateway.max_upload_bytes), kib, tib, "The largest uploaded file."));
  f.push_back(num("gateway.max_tasks", AT(gateway.max_tasks), 1, 10000000,
                  "How many tasks may be accepted and not yet ended; further ones are answered 503 with Retry-After."));
  f.push_back(num("gateway.max_events_per_read", AT(gateway.max_events_per_read), 1, 100000,
                  "The most events in one poll answer; the answer's `next` leads to the rest."));
  f.push_back(num("gateway.max_message_bytes", AT(gateway.max_message_bytes), kib, 64 * mib,
                  "The largest WebSocket message from a client; a larger one closes the socket with 1009."));
  f.push_back(num("gateway.max_subscriptions", AT(gateway.max_subscriptions), 1, 100000,
                  "How many tasks one WebSocket on /api/stream may follow at once."));
  f.push_back(num("gateway.max_waiters", AT(gateway.max_waiters), 0, 1000000,
                  "How many requests may wait at once for an id that is not known yet."));
  f.push_back(num("gateway.send_buffer_bytes", AT(gateway.send_buffer_bytes), 4 * kib, 16 * mib,
                  "The kernel's send buffer per connection, which a client that does not read can fill."));
  f.push_back(
      num("gateway.max_buffer_bytes", AT(gateway.max_buffer_bytes), mib, tib,
          "Memory for the bodies, answers and messages in progress on all connections, not counting the first 4 KiB of "
          "each; when it is used up, requests are answered 503 with Retry-After."));
  f.push_back(
      num("gateway.min_upload_bytes_per_second", AT(gateway.min_upload_bytes_per_second), 0, gib,
          "The slowest upload: one that falls behind this rate by more than gateway.idle_timeout_ms is answered 408; "
          "0 allows any rate."));
  f.push_back(list<settings>("gateway.allowed_origins", AT(gateway.allowed_origins), may_be_empty::yes, wrong_origin,
                             "origins such as https://example.org",
                             "Web pages that may call this gateway, in addition to those served from this machine."));
}

void add_access(field_list& f) {
  f.push_back(text<settings>("gateway.public_url", AT(gateway.public_url), wrong_public_url,
                             "https://example.org, or empty",
                             "The URL by which browsers reach this gateway, if a proxy in front gives it another name "
                             "or https; pages of that origin count as the gateway's own."));
  f.push_back(flag<settings>("gateway.allow_unauthenticated", AT(gateway.allow_unauthenticated),
                             "Allows to listen beyond this machine although auth.mode is none: whoever reaches the "
                             "port may then do everything with every task."));
  f.push_back(choice<settings, auth_mode>(
      "auth.mode", AT(auth.mode),
      {{"none", auth_mode::none}, {"keys", auth_mode::keys}, {"jwt", auth_mode::jwt}, {"proxy", auth_mode::proxy}},
      "Who may call: everyone; whoever has a key that `streamdemo key new` made; whoever has a token of an issuer in "
      "[auth.issuers.NAME]; or whoever a proxy in front names."));
  f.push_back(text<settings>("auth.directory", AT(auth.directory), wrong_if_empty, "a path",
                             "The directory of the file `keys`, and of `id-secret` if auth.id_secret is not set."));
  f.push_back(text<settings>("auth.id_secret", AT(auth.id_secret), wrong_secret, "32 … 1024 characters, or empty",
                             "A secret that all gateways of one installation share and nobody else knows: it signs "
                             "sessions and tickets, and makes the ids of tasks with an Idempotency-Key. Empty takes it "
                             "from auth.id_secret_file."));
  f.push_back(text<settings>("auth.id_secret_file", AT(auth.id_secret_file), nullptr, "a path, or empty",
                             "The file with that secret; it is created if it is missing. Empty is `id-secret` in "
                             "auth.directory, for a single gateway; with bus kafka name a file that all gateways "
                             "share."));
  f.push_back(list<settings>("auth.earlier_id_secrets", AT(auth.earlier_id_secrets), may_be_empty::yes, wrong_secret,
                             "32 … 1024 characters",
                             "Former secrets, newest first; keep each for tasks.max_deadline_ms + results.keep_for_ms, "
                             "so that repeated submissions still find their tasks."));
  f.push_back(num("auth.max_session_ms", AT(auth.max_session), minute, 30 * day,
                  "The longest time for which a browser stays signed in."));
  f.push_back(num("auth.max_ticket_ms", AT(auth.max_ticket), second, day,
                  "The longest time for which a ticket, for pages of other origins, can read its task."));
  f.push_back(num("auth.session_slice_ms", AT(auth.session_slice), second, hour,
                  "With a bus of several gateways, a signed-in browser's stream ends after this time and the browser "
                  "reconnects, because the other gateways do not learn that a session was ended."));
  f.push_back(list<settings>("auth.trusted_proxies", AT(auth.trusted_proxies), may_be_empty::yes, wrong_address,
                             "IP addresses",
                             "With auth.mode proxy: the addresses whose auth.proxy_header is trusted."));
  f.push_back(text<settings>("auth.proxy_header", AT(auth.proxy_header), wrong_header_name, "a header's name",
                             "With auth.mode proxy: the header in which the proxy names the caller. The proxy must "
                             "remove that header from what clients send."));
}

void add_quota(field_list& f) {
  f.push_back(
      num("quota.open_tasks", AT(quota.open_tasks), 0, 10000000,
          "How many tasks of one owner may be accepted and not ended, over all gateways; further ones are answered "
          "429. 0 sets no bound."));
  f.push_back(num("quota.submissions_per_second", AT(quota.submissions_per_second), 0, 1000000,
                  "How many submissions per second of one owner each gateway takes; further ones are answered 429. 0 "
                  "sets no bound."));
  f.push_back(num("quota.waiters", AT(quota.waiters), 0, 1000000,
                  "Requests and subscriptions of one owner that may wait at once, at each gateway, for an id that is "
                  "not known yet; 0: as many as gateway.max_waiters."));
  f.push_back(
      num("quota.streams", AT(quota.streams), 0, 10000000,
          "Streams of one owner (SSE, JSON lines, WebSockets) that may be open at once at each gateway; further "
          "ones are told to come again later. 0 sets no bound."));
  f.push_back(num("quota.upload_bytes", AT(quota.upload_bytes), 0, tib,
                  "Bytes of one owner's uploads that are under way at this gateway, or whose tasks have not ended; "
                  "further uploads are answered 429. 0 sets no bound."));
  f.push_back(num("quota.submission_burst", AT(quota.submission_burst), 1, 10000000,
                  "How many submissions of one owner may come at once after a time without any."));
}

void add_gateway_times(field_list& f) {
  f.push_back(num("gateway.unknown_task_wait_ms", AT(gateway.unknown_task_wait), 0, minute,
                  "How long a request for an unknown id waits before it is answered 404: another gateway may just have "
                  "accepted that task."));
  f.push_back(num("gateway.request_timeout_ms", AT(gateway.request_timeout), 100, 10 * minute,
                  "How long the whole head of a request may take to arrive, and again its JSON body."));
  f.push_back(num("gateway.idle_timeout_ms", AT(gateway.idle_timeout), 100, hour,
                  "The longest time between two requests of a connection, and between two pieces of an upload."));
  f.push_back(num("gateway.write_timeout_ms", AT(gateway.write_timeout), 100, hour,
                  "A client that takes no byte for this time is disconnected."));
  f.push_back(num("gateway.heartbeat_ms", AT(gateway.heartbeat), 100, hour,
                  "The time between two heartbeats on a quiet SSE or JSON-lines stream."));
  f.push_back(num("gateway.ping_ms", AT(gateway.ping), 100, hour, "The time between two pings on a quiet WebSocket."));
  f.push_back(num("gateway.pong_timeout_ms", AT(gateway.pong_timeout), 100, hour,
                  "How long a client may take to answer a ping; after that the WebSocket is closed."));
  f.push_back(num("gateway.max_wait_ms", AT(gateway.max_wait), second, 10 * minute,
                  "The longest wait a client may ask for with `Prefer: wait`."));
  f.push_back(num("gateway.publish_timeout_ms", AT(gateway.publish_timeout), 100, minute,
                  "How long the bus may take to acknowledge a record of a gateway; after that the client is answered "
                  "503."));
  f.push_back(num("gateway.drain_ms", AT(gateway.drain), 0, hour,
                  "How long open requests and streams may take to end after SIGTERM."));
  f.push_back(
      num("gateway.reconnect_ms", AT(gateway.reconnect), 0, hour,
          "After SIGTERM the clients of SSE are told to reconnect after this time, and up to 3 s more at random. "
          "Set it longer than a restart takes: an `EventSource` that gets a proxy's 502 never reconnects."));
}

void add_management_results_tasks(field_list& f) {
  f.push_back(list<settings>("management.listen", AT(management.listen), may_be_empty::no, wrong_address,
                             "IP addresses", "The addresses of the listener for /healthz, /readyz and /metrics."));
  f.push_back(num("management.port", AT(management.port), 0, 65535, "Its port; 0 lets the system choose."));
  f.push_back(list<settings>("management.allowed_hosts", AT(management.allowed_hosts), may_be_empty::yes, wrong_host,
                             "host names",
                             "Host names that requests to it may use, in addition to addresses, localhost and names "
                             "without a dot."));

  f.push_back(text<settings>("management.token_file", AT(management.token_file), nullptr, "a path, or empty",
                             "A file with a token of at least 16 characters, read at the start: /metrics then asks for "
                             "it as `Authorization: Bearer`. /healthz and /readyz never do."));
  f.push_back(
      num("results.max_bytes", AT(results.max_bytes), mib, tib,
          "Memory for the histories of all tasks; beyond it the oldest results are dropped. What must be remembered "
          "of the tasks may take half of it; beyond that new tasks are answered 503."));
  f.push_back(num("results.keep_for_ms", AT(results.keep_for), second, 7 * day,
                  "How long a history is kept after its task has ended."));
  f.push_back(text<settings>(
      "history.directory", AT(history.directory), nullptr, "a path, or empty",
      "The directory where a gateway keeps the events that results.max_bytes has no room for, until "
      "results.keep_for_ms "
      "is over; each gateway needs one of its own. Empty: events beyond results.max_bytes are dropped."));
  f.push_back(num("history.max_disk_bytes", AT(history.max_disk_bytes), 64 * mib, 1024 * tib,
                  "The size of what is kept there; beyond it the tasks that ended first are dropped."));

  f.push_back(num("tasks.default_deadline_ms", AT(tasks.default_deadline), second, 7 * day,
                  "The time from acceptance to expiry, queueing included, unless the client asks for another."));
  f.push_back(num("tasks.max_deadline_ms", AT(tasks.max_deadline), second, 7 * day,
                  "The longest deadline a client may ask for."));
  f.push_back(num("tasks.process-video.concurrency", AT(tasks.process_video_concurrency), 0, 10000,
                  "How many videos a processor cuts at once, at most processor.concurrency; 0 is one fewer than that, "
                  "so that a slot is left for other kinds."));
  f.push_back(num("tasks.simulate.concurrency", AT(tasks.simulate_concurrency), 0, 10000,
                  "The same for tasks of the kind simulate."));
}

void add_processor(field_list& f) {
  f.push_back(
      num("processor.concurrency", AT(processor.concurrency), 1, 10000,
          "How many tasks run at once, of all kinds together; tasks.KIND.concurrency is the bound of one kind."));
  f.push_back(num("processor.alone_wait_ms", AT(processor.alone_wait), 100, hour,
                  "A task on its last allowed run (processor.max_runs) runs alone. When its turn comes, nothing else "
                  "starts for at most this time; if other tasks still run then, it lets others start for nine times "
                  "as long, and tries again."));
  f.push_back(num("processor.max_held_requests", AT(processor.max_held_requests), 1, 1000000,
                  "How many requests of a partition may be received and not completed: those that run, and those that "
                  "wait for a slot."));
  f.push_back(num("processor.max_gap", AT(processor.max_gap), 1, 1000000000,
                  "How many requests of a partition are received past the first one that is not completed, those that "
                  "are completed included: so many are received once more when the partition gets another owner."));
  f.push_back(num("processor.max_held_bytes", AT(processor.max_held_bytes), kib, tib,
                  "The most bytes of requests that are received and not completed, of all partitions together; at this "
                  "limit no more are received until a task ends. Payloads of tasks that wait take at most half of it: "
                  "beyond that they are let go of, and read again from the bus before the tasks' turn."));
  f.push_back(num("processor.max_remembered_bytes", AT(processor.max_remembered_bytes), mib, tib,
                  "Memory for the ids of tasks that have ended; beyond it those that no current request can need are "
                  "forgotten early, and if that is not enough, requests are received one by one, ten a second."));
  f.push_back(num("processor.emit_bytes", AT(processor.emit_bytes), 64 * kib, gib,
                  "The most bytes that a run may have published and the bus has not acknowledged; beyond it the run "
                  "waits."));
  f.push_back(num("processor.max_record_bytes", AT(processor.max_record_bytes), kib, 64 * mib,
                  "The largest result or payload of a task; Kafka's topics are created for it, or checked."));
  f.push_back(num("processor.max_runs", AT(processor.max_runs), 0, 100,
                  "How many more runs a task gets when its run has fallen silent; after them it fails and goes to the "
                  "dead letters."));
  f.push_back(num("processor.alive_interval_ms", AT(processor.alive_interval), 50, minute,
                  "The time between two signs of life of a processor; one that gives none for four such times is "
                  "replaced."));
  f.push_back(num("processor.recovery_margin_ms", AT(processor.recovery_margin), second, hour,
                  "How much earlier than a request its answers may have been written to the log."));
  f.push_back(
      num("processor.drain_ms", AT(processor.drain), 0, 24 * hour,
          "How long running tasks may take to finish after SIGTERM; the others are left to another processor."));
}

void add_bus(field_list& f) {
  f.push_back(text<settings>("topics.request", AT(topics.request), wrong_topic, "a topic name", "The topic of tasks."));
  f.push_back(text<settings>("topics.response", AT(topics.response), wrong_topic, "a topic name",
                             "The topic of everything that happens to a task."));
  f.push_back(text<settings>("topics.dead_letter", AT(topics.dead_letter), wrong_topic, "a topic name",
                             "The topic of requests that cannot be done."));
  f.push_back(text<settings>("topics.group", AT(topics.group), wrong_topic, "a group name",
                             "The consumer group that all processors join."));
  f.push_back(num("topics.partitions", AT(topics.partitions), 1, 10000,
                  "The partitions of each request topic and of the response topic; fixed once the topics exist."));
  f.push_back(num("topics.replication", AT(topics.replication), 1, 15,
                  "Copies of each partition in a Kafka cluster, at most as many as it has brokers."));
  f.push_back(num("topics.retention_ms", AT(topics.retention), minute, 365 * day, "How long records are kept."));

  f.push_back(num("inprocess.request_max_bytes", AT(inprocess.request_max_bytes), mib, tib,
                  "Memory for the waiting tasks of each request topic; beyond it new ones are refused."));
  f.push_back(num("inprocess.response_max_bytes", AT(inprocess.response_max_bytes), 64 * kib, tib,
                  "Memory for records that not all readers have read; beyond it publishers wait, or, with a journal, "
                  "readers that are behind read from the disk."));
  f.push_back(text<settings>("inprocess.directory", AT(inprocess.directory), nullptr, "a path, or empty",
                             "The directory of the journal: a process that is started again, even after it was killed, "
                             "goes on with all tasks. One process at a time. Empty keeps the records in memory only."));
  f.push_back(choice<settings, sync_kind>(
      "inprocess.sync", AT(inprocess.sync), {{"always", sync_kind::always}, {"interval", sync_kind::interval}},
      "When a record counts as taken: once it was synced to the disk, which it survives when the machine fails; or "
      "once "
      "it was written, synced ten times a second, which it survives when the process ends."));
  f.push_back(num("inprocess.max_disk_bytes", AT(inprocess.max_disk_bytes), 128 * mib, 1024 * tib,
                  "The journal's bound on disk; beyond it new tasks are refused, until older records have passed "
                  "topics.retention_ms. Running tasks may take a quarter more, and then wait."));

  f.push_back(list<settings>("kafka.brokers", AT(kafka.brokers), may_be_empty::no, wrong_broker, "host:port",
                             "Some brokers of the cluster; the others are found through them."));
  f.push_back(table<settings>("kafka.properties", AT(kafka.properties), "names and values of librdkafka",
                              "Further settings of the Kafka client, such as security.protocol or sasl.mechanisms."));
}

void add_bucket(field_list& f) {
  f.push_back(text<settings>("s3.endpoint", AT(s3.endpoint), wrong_s3_endpoint, "http(s)://host[:port], or empty",
                             "The server of the bucket; empty is AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or AWS."));
  f.push_back(
      text<settings>("s3.public_endpoint", AT(s3.public_endpoint), wrong_s3_endpoint, "http(s)://host[:port], or empty",
                     "The same server as clients reach it, for artifacts.serve redirect; empty is s3.endpoint."));
  f.push_back(text<settings>("s3.ca_file", AT(s3.ca_file), nullptr, "a path, or empty",
                             "The authorities (PEM) that may have signed the certificate of an https endpoint, instead "
                             "of the system's; empty is AWS_CA_BUNDLE."));
  f.push_back(text<settings>("s3.bucket", AT(s3.bucket), wrong_bucket, "3 … 63 of a-z 0-9 . -, or empty",
                             "The bucket, which must exist; all processes use the same."));
  f.push_back(text<settings>("s3.region", AT(s3.region), wrong_region, "at most 64 of a-z A-Z 0-9 -, or empty",
                             "The region of the bucket; empty is AWS_REGION, AWS_DEFAULT_REGION, or us-east-1."));
  f.push_back(
      text<settings>("s3.prefix", AT(s3.prefix), wrong_s3_prefix,
                     "at most 256 of a-z A-Z 0-9 . _ - in parts that end with / (none of them . or ..), or empty",
                     "What the names of all objects begin with, such as `streamdemo/`; it belongs to this "
                     "installation alone."));
  f.push_back(flag<settings>("s3.path_style", AT(s3.path_style),
                             "Whether the bucket is named in the path of an address instead of its host."));
  f.push_back(text<settings>("s3.access_key_id", AT(s3.access_key_id), nullptr, "a key id, or empty",
                             "The key to sign requests with; empty is that of s3.credentials_file, or of the variables "
                             "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN."));
  f.push_back(text<settings>("s3.secret_access_key", AT(s3.secret_access_key), nullptr, "a secret, or empty",
                             "The secret of s3.access_key_id."));
  f.push_back(text<settings>("s3.session_token", AT(s3.session_token), nullptr, "a token, or empty",
                             "The token that belongs to them, if the key is a temporary one."));
  f.push_back(text<settings>("s3.credentials_file", AT(s3.credentials_file), nullptr, "a path, or empty",
                             "A file with keys, as ~/.aws/credentials, read again when a key is refused; empty is "
                             "AWS_SHARED_CREDENTIALS_FILE."));
  f.push_back(text<settings>("s3.profile", AT(s3.profile), nullptr, "a name, or empty",
                             "The part of that file; empty is AWS_PROFILE, or `default`."));
  f.push_back(num("s3.part_bytes", AT(s3.part_bytes), 5 * mib, gib,
                  "The size of the parts in which a larger upload is sent on; each is kept in memory until the bucket "
                  "has it."));
  f.push_back(num("s3.parts_in_flight", AT(s3.parts_in_flight), 1, 16,
                  "How many parts of one upload are sent at once, while the next one is being filled."));
  f.push_back(num("s3.max_buffer_bytes", AT(s3.max_buffer_bytes), 10 * mib, tib,
                  "Memory for the parts of all uploads and for what is read ahead of clients; when it is used up, "
                  "uploads are answered 503."));
  f.push_back(num("s3.connections", AT(s3.connections), 1, 1000,
                  "How many requests to the bucket are under way at once; further ones wait."));
  f.push_back(num("s3.retry_for_ms", AT(s3.retry_for), 0, hour,
                  "How long a request that the bucket cannot answer now is tried again."));
  f.push_back(num("s3.url_lifetime_ms", AT(s3.url_lifetime), second, 7 * day,
                  "How long the address to which artifacts.serve redirect sends a client is good."));
  f.push_back(num("s3.abort_after_ms", AT(s3.abort_after), minute, 365 * day,
                  "When an upload in parts that nobody has finished is given up; it must be longer than any upload "
                  "takes."));
  f.push_back(text<settings>("s3.scratch_directory", AT(s3.scratch_directory), wrong_if_empty, "a path",
                             "A directory on this machine for copies of the uploads that are being worked on, and for "
                             "what is made of them until it is in the bucket."));
  f.push_back(num("s3.max_scratch_bytes", AT(s3.max_scratch_bytes), mib, 1024 * tib,
                  "The size of those copies together, per process; a task whose upload does not fit waits for another "
                  "turn."));
}

void add_files(field_list& f) {
  f.push_back(choice<settings, store_kind>(
      "artifacts.store", AT(artifacts.store), {{"directory", store_kind::directory}, {"s3", store_kind::s3}},
      "Where uploads and the files that results point to are kept: in artifacts.directory, or in the bucket of [s3]."));
  f.push_back(
      text<settings>("artifacts.directory", AT(artifacts.directory), wrong_if_empty, "a path",
                     "The directory of uploads and of the files that results point to; all processes share it."));
  f.push_back(
      num("artifacts.keep_for_ms", AT(artifacts.keep_for), second, 365 * day,
          "How long a file that a task made is kept after it was written; an upload stays until its task ends."));
  f.push_back(num("artifacts.max_bytes", AT(artifacts.max_bytes), mib, std::numeric_limits<std::int64_t>::max(),
                  "The size of all files together; beyond it the oldest that tasks made are deleted. Uploads may take "
                  "three quarters of it: one that does not fit is answered 507."));
  f.push_back(num("artifacts.threads", AT(artifacts.threads), 1, 64, "Threads that read and write files."));
  f.push_back(choice<settings, serve_kind>("artifacts.serve", AT(artifacts.serve),
                                           {{"proxy", serve_kind::proxy}, {"redirect", serve_kind::redirect}},
                                           "How a gateway answers a request for a file: with its bytes, or with 302 to "
                                           "a signed address of the bucket, which "
                                           "needs artifacts.store s3."));
  add_bucket(f);

  f.push_back(text<settings>("video.ffmpeg", AT(video.ffmpeg), wrong_if_empty, "a program", "The ffmpeg to use."));
  f.push_back(text<settings>("video.ffprobe", AT(video.ffprobe), wrong_if_empty, "a program", "The ffprobe to use."));
  f.push_back(num("video.max_sample_seconds", AT(video.max_sample_seconds), 1, 86400,
                  "The longest sample video that may be asked for."));
  add_child_limits(f, "video.", AT(video.limits));
}

}  // namespace

std::vector<field> fields() {
  field_list f;
  add_process(f);
  add_gateway_limits(f);
  add_gateway_times(f);
  add_access(f);
  add_quota(f);
  add_management_results_tasks(f);
  add_processor(f);
  add_bus(f);
  add_files(f);
  return f;
}

std::vector<task_field> task_fields() {
  std::vector<task_field> f{
      list<task_table>("command", AT(command.command), may_be_empty::no, nullptr, "a program and its arguments",
                       "The program that does the tasks of this kind: it gets the payload on its standard input, and "
                       "each line that it prints is a result. No shell is involved."),
      text<task_table>("working_directory", AT(command.working_directory), nullptr, "a path",
                       "The directory in which the command runs; empty is the one where the processor was started."),
      number<task_table>("max_line_bytes", AT(command.max_line_bytes), 64, 64 * mib,
                         "The longest line of output; a longer one fails the task."),
      number<task_table>("max_output_bytes", AT(command.max_output_bytes), kib, tib,
                         "The most output of one task; more fails it."),
      number<task_table>("kill_after_ms", AT(command.kill_after), 0, hour,
                         "The time between asking the command to stop (SIGTERM) and ending it (SIGKILL)."),
      flag<task_table>("resumable", AT(command.resumable),
                       "A second run continues after the results of the first instead of starting over."),
      number<task_table>("concurrency", AT(command.concurrency), 0, 10000,
                         "How many tasks of this kind a processor runs at once, at most processor.concurrency; 0 is "
                         "one fewer than that, so that a slot is left for other kinds."),
      flag<task_table>(
          "terminal", AT(command.terminal),
          "Standard output is a terminal, so that programs that buffer their output to a pipe print each line at "
          "once."),
  };
  add_child_limits(f, "", AT(command.limits));
  f.push_back(text<task_table>(
      "input_schema", AT(input_schema), wrong_input_schema, "a JSON Schema, or the path of a file with one",
      "The schema of a payload; a submission that does not satisfy it is answered 422. Empty takes any JSON object."));
  f.push_back(text<task_table>("request_topic", AT(request_topic), wrong_topic, "a topic name",
                               "A request topic of its own, so that processors in another language can own the kind."));
  return f;
}

std::string_view section_sentence(std::string_view section) {
  static const std::map<std::string_view, std::string_view> sentences{
      {"", "What this process is."},
      {"instance", "This process."},
      {"gateway", "What clients connect to."},
      {"auth", "Who may call a gateway."},
      {"quota", "What one owner may use, if auth.mode is not none."},
      {"management", "The second listener, for those who operate the service."},
      {"results", "What a gateway remembers of tasks."},
      {"history", "What a gateway keeps of them on disk."},
      {"tasks", "Deadlines of tasks, and in [tasks.<kind>] the kinds that a command line does."},
      {"processor", "The part that runs the tasks."},
      {"topics", "The topics of the bus; the same for every process of one system."},
      {"inprocess", "The bus inside one process."},
      {"kafka", "The bus on a Kafka cluster."},
      {"artifacts", "Files: videos in, clips out."},
      {"s3", "The bucket for them, if artifacts.store is s3. It may be of any server that speaks S3."},
      {"video", "The kind process-video."},
  };
  const auto found = sentences.find(section);
  return found == sentences.end() ? std::string_view{} : found->second;
}

}  // namespace streamdemo::config
