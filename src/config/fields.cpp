// The one list of all settings. A new setting is a member of the structure and a line here; the rest follows.
#include <limits>

#include "config/make_field.hpp"

namespace streamdemo::config {

namespace {

// The way to a member, for const and non-const owners alike.
#define AT(member) [](auto& owner) -> auto& { return owner.member; }

constexpr std::int64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib, tib = 1024 * gib;
constexpr std::int64_t second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

using field_list = std::vector<field>;

template <class At>
field num(std::string key, At at, std::int64_t min, std::int64_t max, std::string sentence) {
  return number<settings>(std::move(key), at, min, max, std::move(sentence));
}

// `at` leads to the limits inside the owner.
template <class Owner, class At>
void add_child_limits(std::vector<basic_field<Owner>>& f, const std::string& prefix, At at) {
  const auto add = [&](const char* name, auto member, std::int64_t max, std::string sentence) {
    const auto to = [at, member](auto& owner) -> auto& { return at(owner).*member; };
    f.push_back(number<Owner>(prefix + name, to, 0, max, std::move(sentence)));
  };
  add("max_memory_bytes", &child_limits::max_memory_bytes, tib,
      "Address space of each process of the program, which is more than it uses; 0 sets no limit.");
  add("max_cpu_seconds", &child_limits::max_cpu_seconds, 7 * day / second,
      "Processor time of each process of the program; more ends it. 0 sets no limit.");
  add("max_file_bytes", &child_limits::max_file_bytes, tib, "One file that the program writes; 0 sets no limit.");
  add("max_open_files", &child_limits::max_open_files, mib,
      "Files, pipes and sockets that each process of the program has open; 0 sets no limit of its own.");
  add("max_processes", &child_limits::max_processes, mib,
      "Processes and threads of the whole user that the server runs as, beyond which the program starts none; 0 sets "
      "no limit.");
}

void add_process(field_list& f) {
  f.push_back(choice<settings, config::role>(
      "role", AT(role), {{"all", role::all}, {"gateway", role::gateway}, {"processor", role::processor}},
      "What this process is: a gateway, a processor, or both in one."));
  f.push_back(
      choice<settings, bus_kind>("bus", AT(bus), {{"inprocess", bus_kind::inprocess}, {"kafka", bus_kind::kafka}},
                                 "What carries the records: the memory of this one process, or a Kafka cluster."));
  f.push_back(text<settings>(
      "instance.name", AT(instance.name), wrong_instance_name, "at most 64 of a-z A-Z 0-9 . _ -",
      "The name of this process in events (empty takes the role's), and its client.id at Kafka's brokers."));
  f.push_back(choice<settings, std::string>(
      "instance.log_level", AT(instance.log_level),
      {{"debug", "debug"}, {"info", "info"}, {"warning", "warning"}, {"error", "error"}, {"off", "off"}},
      "The least important lines that are logged (to standard error)."));
}

void add_gateway_limits(field_list& f) {
  f.push_back(list<settings>("gateway.listen", AT(gateway.listen), may_be_empty::no, wrong_address, "IP addresses",
                             "Where clients connect to; the default is this machine only, [\"::\"] is every address."));
  f.push_back(num("gateway.port", AT(gateway.port), 0, 65535, "The port for clients; 0 lets the system choose."));
  f.push_back(num("gateway.threads", AT(gateway.threads), 1, 256, "Event loops, each with a thread of its own."));
  f.push_back(num("gateway.max_connections", AT(gateway.max_connections), 1, 1000000,
                  "Connections open at once; more are answered 503 and closed."));
  f.push_back(num("gateway.max_header_bytes", AT(gateway.max_header_bytes), kib, mib,
                  "The request line and all header fields of one request together."));
  f.push_back(num("gateway.max_body_bytes", AT(gateway.max_body_bytes), kib, 64 * mib, "A JSON body."));
  f.push_back(num("gateway.max_upload_bytes", AT(gateway.max_upload_bytes), kib, tib, "An uploaded file."));
  f.push_back(num("gateway.max_tasks", AT(gateway.max_tasks), 1, 10000000,
                  "Tasks accepted and not yet ended; beyond it new ones are answered 503 with Retry-After."));
  f.push_back(num("gateway.max_events_per_read", AT(gateway.max_events_per_read), 1, 100000,
                  "Events in one poll answer; the answer's `next` leads to the rest."));
  f.push_back(num("gateway.max_message_bytes", AT(gateway.max_message_bytes), kib, 64 * mib,
                  "One WebSocket message from a client; a larger one closes the socket with 1009."));
  f.push_back(num("gateway.max_subscriptions", AT(gateway.max_subscriptions), 1, 100000,
                  "Tasks that one WebSocket on /api/stream may follow at once."));
  f.push_back(num("gateway.max_waiters", AT(gateway.max_waiters), 0, 1000000,
                  "Requests that may wait at once for an id that is not known yet."));
  f.push_back(num("gateway.send_buffer_bytes", AT(gateway.send_buffer_bytes), 4 * kib, 16 * mib,
                  "The kernel's send buffer per connection: what a stalled reader can park outside this process."));
  f.push_back(
      num("gateway.max_buffer_bytes", AT(gateway.max_buffer_bytes), mib, tib,
          "Memory for the bodies, answers and messages of all connections that are under way, but for the first "
          "4 KiB of each; what finds no room is answered 503 with Retry-After."));
  f.push_back(
      num("gateway.min_upload_bytes_per_second", AT(gateway.min_upload_bytes_per_second), 0, gib,
          "The slowest upload: one that stays behind it by more than gateway.idle_timeout_ms is answered 408; 0 "
          "takes any."));
  f.push_back(list<settings>("gateway.allowed_origins", AT(gateway.allowed_origins), may_be_empty::yes, wrong_origin,
                             "origins such as https://example.org",
                             "Web pages that may call this gateway, beside those served from this machine."));
}

void add_access(field_list& f) {
  f.push_back(text<settings>("gateway.public_url", AT(gateway.public_url), wrong_public_url,
                             "https://example.org, or empty",
                             "The address under which browsers see this gateway, when a proxy in front gives it "
                             "another name or https; its pages count as the gateway's own."));
  f.push_back(flag<settings>("gateway.allow_unauthenticated", AT(gateway.allow_unauthenticated),
                             "Listen beyond this machine though auth.mode is none: whoever reaches the port may do "
                             "everything with every task."));
  f.push_back(choice<settings, auth_mode>(
      "auth.mode", AT(auth.mode),
      {{"none", auth_mode::none}, {"keys", auth_mode::keys}, {"jwt", auth_mode::jwt}, {"proxy", auth_mode::proxy}},
      "Who may call: everyone; whoever has a key that `streamdemo key new` made; whoever has a token of an issuer in "
      "[auth.issuers.NAME]; or whoever a proxy in front names."));
  f.push_back(text<settings>("auth.directory", AT(auth.directory), wrong_if_empty, "a path",
                             "Where the file `keys` lies, and `id-secret` where auth.id_secret is not set."));
  f.push_back(text<settings>("auth.id_secret", AT(auth.id_secret), wrong_secret, "32 … 1024 characters, or empty",
                             "What all gateways of one installation know and nobody else: it signs sessions and "
                             "tickets, and makes the ids of Idempotency-Keys. Empty takes it from a file."));
  f.push_back(text<settings>("auth.id_secret_file", AT(auth.id_secret_file), nullptr, "a path, or empty",
                             "That file; it is made where it is missing. Empty is `id-secret` in auth.directory, for a "
                             "single gateway; with bus kafka name one that all gateways share."));
  f.push_back(list<settings>("auth.earlier_id_secrets", AT(auth.earlier_id_secrets), may_be_empty::yes, wrong_secret,
                             "32 … 1024 characters",
                             "Secrets from before a change, newest first; keep each for tasks.max_deadline_ms and "
                             "results.keep_for_ms, so that repeated submissions still find their tasks."));
  f.push_back(num("auth.max_session_ms", AT(auth.max_session), minute, 30 * day,
                  "The longest that a browser stays signed in."));
  f.push_back(num("auth.max_ticket_ms", AT(auth.max_ticket), second, day,
                  "The longest that a ticket reads its task, for pages of other origins."));
  f.push_back(num("auth.session_slice_ms", AT(auth.session_slice), second, hour,
                  "With a bus of several gateways, a signed-in browser's stream asks again after so long, because the "
                  "others are not told when a session is ended."));
  f.push_back(list<settings>("auth.trusted_proxies", AT(auth.trusted_proxies), may_be_empty::yes, wrong_address,
                             "IP addresses", "With auth.mode proxy: from where auth.proxy_header is believed."));
  f.push_back(text<settings>("auth.proxy_header", AT(auth.proxy_header), wrong_header_name, "a header's name",
                             "With auth.mode proxy: the header in which the proxy names who calls. It must remove "
                             "that header from what clients send."));
}

void add_quota(field_list& f) {
  f.push_back(
      num("quota.open_tasks", AT(quota.open_tasks), 0, 10000000,
          "Tasks of one owner that are accepted and have not ended, over all gateways; beyond it 429. 0 sets no "
          "bound."));
  f.push_back(num("quota.submissions_per_second", AT(quota.submissions_per_second), 0, 1000000,
                  "Submissions of one owner, at each gateway; beyond it 429. 0 sets no bound."));
  f.push_back(num("quota.submission_burst", AT(quota.submission_burst), 1, 10000000,
                  "So many of them may come at once, after a while without any."));
}

void add_gateway_times(field_list& f) {
  f.push_back(num("gateway.unknown_task_wait_ms", AT(gateway.unknown_task_wait), 0, minute,
                  "How long a request for an unknown id waits before 404: another gateway may be a moment ahead."));
  f.push_back(num("gateway.request_timeout_ms", AT(gateway.request_timeout), 100, 10 * minute,
                  "For the whole head of a request to arrive, and as long again for its JSON body."));
  f.push_back(num("gateway.idle_timeout_ms", AT(gateway.idle_timeout), 100, hour,
                  "Between two requests of a connection, and between two pieces of an upload."));
  f.push_back(num("gateway.write_timeout_ms", AT(gateway.write_timeout), 100, hour,
                  "A peer that takes no byte for so long is disconnected."));
  f.push_back(num("gateway.heartbeat_ms", AT(gateway.heartbeat), 100, hour,
                  "Between two signs of life on a quiet SSE or JSON-lines stream."));
  f.push_back(num("gateway.ping_ms", AT(gateway.ping), 100, hour, "Between two pings on a WebSocket."));
  f.push_back(num("gateway.pong_timeout_ms", AT(gateway.pong_timeout), 100, hour,
                  "For the answer to a ping; after it the WebSocket is closed."));
  f.push_back(num("gateway.max_wait_ms", AT(gateway.max_wait), second, 10 * minute,
                  "The longest wait a client may ask for with `Prefer: wait`."));
  f.push_back(num("gateway.publish_timeout_ms", AT(gateway.publish_timeout), 100, minute,
                  "For the bus to acknowledge a record of a gateway; after it the client is answered 503."));
  f.push_back(
      num("gateway.drain_ms", AT(gateway.drain), 0, hour, "For open requests and streams to end after SIGTERM."));
  f.push_back(num("gateway.reconnect_ms", AT(gateway.reconnect), 0, hour,
                  "After SIGTERM the clients of SSE are told to come back after so long, and up to 3 s more at random. "
                  "Longer than a restart takes: an `EventSource` that meets a proxy's 502 never comes back."));
}

void add_management_results_tasks(field_list& f) {
  f.push_back(list<settings>("management.listen", AT(management.listen), may_be_empty::no, wrong_address,
                             "IP addresses", "Where /healthz, /readyz and /metrics are answered."));
  f.push_back(num("management.port", AT(management.port), 0, 65535, "Its port; 0 lets the system choose."));
  f.push_back(list<settings>("management.allowed_hosts", AT(management.allowed_hosts), may_be_empty::yes, wrong_host,
                             "host names",
                             "Names it may be called by, beside addresses, localhost and names without a dot."));

  f.push_back(
      num("results.max_bytes", AT(results.max_bytes), mib, tib,
          "Memory for the histories of all tasks; beyond it the oldest results are let go. What must be remembered "
          "of the tasks may take half of it; beyond that new ones are answered 503."));
  f.push_back(num("results.keep_for_ms", AT(results.keep_for), second, 7 * day,
                  "How long a history is kept after its task has ended."));

  f.push_back(num("tasks.default_deadline_ms", AT(tasks.default_deadline), second, 7 * day,
                  "From being accepted to being expired, queueing included, unless the client asks for another."));
  f.push_back(num("tasks.max_deadline_ms", AT(tasks.max_deadline), second, 7 * day,
                  "The longest deadline a client may ask for."));
}

void add_processor(field_list& f) {
  f.push_back(num("processor.concurrency", AT(processor.concurrency), 1, 10000, "Tasks run at once."));
  f.push_back(num("processor.max_gap", AT(processor.max_gap), 1, 1000000,
                  "Records of a partition taken in past the first one that is not completed."));
  f.push_back(num("processor.max_held_bytes", AT(processor.max_held_bytes), kib, tib,
                  "Bytes of requests taken in and not completed, of all partitions together; with so many no more are "
                  "taken in until a task ends."));
  f.push_back(num("processor.max_remembered_bytes", AT(processor.max_remembered_bytes), mib, tib,
                  "Memory for the ids of tasks that have ended; beyond it those are forgotten early that no request in "
                  "hand can need, and if that is not enough requests are taken in one by one, ten a second."));
  f.push_back(num("processor.emit_bytes", AT(processor.emit_bytes), 64 * kib, gib,
                  "Bytes a run may have published that the bus has not acknowledged; beyond it the run waits."));
  f.push_back(num("processor.max_record_bytes", AT(processor.max_record_bytes), kib, 64 * mib,
                  "One result, or one task's payload; Kafka's topics are made for it, or checked."));
  f.push_back(num("processor.max_runs", AT(processor.max_runs), 0, 100,
                  "Further runs of a task whose run fell silent; after them it fails and is set aside."));
  f.push_back(num("processor.alive_interval_ms", AT(processor.alive_interval), 50, minute,
                  "Between two signs of life; a processor without any for four of them is replaced."));
  f.push_back(num("processor.recovery_margin_ms", AT(processor.recovery_margin), second, hour,
                  "How far before a request its answers may stand in the log."));
  f.push_back(num("processor.drain_ms", AT(processor.drain), 0, 24 * hour,
                  "For running tasks to finish after SIGTERM; those left are handed to another processor."));
}

void add_bus(field_list& f) {
  f.push_back(text<settings>("topics.request", AT(topics.request), wrong_topic, "a topic name", "Where tasks go."));
  f.push_back(text<settings>("topics.response", AT(topics.response), wrong_topic, "a topic name",
                             "Where everything that happens to a task is written."));
  f.push_back(text<settings>("topics.dead_letter", AT(topics.dead_letter), wrong_topic, "a topic name",
                             "Where requests go that cannot be done."));
  f.push_back(text<settings>("topics.group", AT(topics.group), wrong_topic, "a group name",
                             "The group that all processors join."));
  f.push_back(num("topics.partitions", AT(topics.partitions), 1, 10000,
                  "Of each request topic and of the response topic; fixed once they exist."));
  f.push_back(num("topics.replication", AT(topics.replication), 1, 15,
                  "Copies of each partition in a Kafka cluster, at most as many as it has brokers."));
  f.push_back(num("topics.retention_ms", AT(topics.retention), minute, 365 * day, "How long records are kept."));

  f.push_back(num("inprocess.request_max_bytes", AT(inprocess.request_max_bytes), mib, tib,
                  "Memory for the waiting tasks of each request topic; beyond it new ones are refused."));
  f.push_back(num("inprocess.response_max_bytes", AT(inprocess.response_max_bytes), 64 * kib, tib,
                  "Memory for records on their way to the readers; beyond it publishers wait."));

  f.push_back(list<settings>("kafka.brokers", AT(kafka.brokers), may_be_empty::no, wrong_broker, "host:port",
                             "Some brokers of the cluster; the others are found through them."));
  f.push_back(table<settings>("kafka.properties", AT(kafka.properties), "names and values of librdkafka",
                              "Further settings of the Kafka client, such as security.protocol or sasl.mechanisms."));
}

void add_files(field_list& f) {
  f.push_back(text<settings>("artifacts.directory", AT(artifacts.directory), wrong_if_empty, "a path",
                             "Where uploads and the files that results point to are kept; shared by all processes."));
  f.push_back(
      num("artifacts.keep_for_ms", AT(artifacts.keep_for), second, 365 * day,
          "How long a file that a task made is kept after it was written; an upload stays until its task ends."));
  f.push_back(num("artifacts.max_bytes", AT(artifacts.max_bytes), mib, std::numeric_limits<std::int64_t>::max(),
                  "All files together; beyond it the oldest that tasks made go. Uploads may take three quarters of it: "
                  "one that does not fit is answered 507."));
  f.push_back(num("artifacts.threads", AT(artifacts.threads), 1, 64, "Threads that read and write files."));

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
                       "Does the tasks of this kind: the payload comes on its standard input, each line it prints is a "
                       "result. No shell is involved."),
      text<task_table>("working_directory", AT(command.working_directory), nullptr, "a path",
                       "Where the command runs; empty is where the processor was started."),
      number<task_table>("max_line_bytes", AT(command.max_line_bytes), 64, 64 * mib,
                         "One line of output; a longer one fails the task."),
      number<task_table>("max_output_bytes", AT(command.max_output_bytes), kib, tib,
                         "All output of one task; more fails it."),
      number<task_table>("kill_after_ms", AT(command.kill_after), 0, hour,
                         "Between asking the command to stop (SIGTERM) and ending it (SIGKILL)."),
      flag<task_table>("resumable", AT(command.resumable),
                       "A second run goes on after the results of the first instead of starting over."),
      flag<task_table>(
          "terminal", AT(command.terminal),
          "Standard output is a terminal, so that programs that hold back what goes into a pipe print each "
          "line at once."),
  };
  add_child_limits(f, "", AT(command.limits));
  f.push_back(text<task_table>(
      "input_schema", AT(input_schema), wrong_input_schema, "a JSON Schema, or the path of a file with one",
      "What a payload must be, else its submission is answered 422; empty takes any JSON object."));
  f.push_back(text<task_table>("request_topic", AT(request_topic), wrong_topic, "a topic name",
                               "A request topic of its own, so that processors in another language can own the kind."));
  return f;
}

std::vector<issuer_field> issuer_fields() {
  return {
      text<token_issuer>("issuer", AT(issuer), wrong_issuer, "1 … 256 characters",
                         "The issuer as its tokens name it in `iss`, character by character."),
      list<token_issuer>("audience", AT(audience), may_be_empty::no, wrong_if_empty, "texts",
                         "How its tokens name this service in `aud`; one of them is enough."),
      text<token_issuer>("jwks", AT(jwks), wrong_jwks, "https://…, http:// of this machine, or a file's path",
                         "Its keys (JWK Set). An address is asked every 5 minutes, a file is looked at every second; "
                         "keys that are there stay while it is away."),
      list<token_issuer>("algorithms", AT(algorithms), may_be_empty::no, wrong_algorithm,
                         "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
                         "How its tokens may be signed; a token does not choose."),
      list<token_issuer>("types", AT(types), may_be_empty::no, wrong_if_empty, "media types without application/",
                         "What its tokens may call themselves in `typ`. Some issuers write JWT also for access tokens: "
                         "add that only where ID tokens have another audience."),
      text<token_issuer>("scope_prefix", AT(scope_prefix), nullptr, "a text",
                         "What stands before tasks:submit, tasks:read, tasks:cancel and tasks:admin in its scopes."),
      text<token_issuer>("kinds_claim", AT(kinds_claim), nullptr, "a claim's name, or empty",
                         "The claim that names the kinds of tasks a token is for; a token without it is refused. "
                         "Empty: each is for all kinds."),
      number<token_issuer>("leeway_ms", AT(leeway), 0, 10 * minute,
                           "How far ahead `nbf` and `iat` may lie, where the issuer's clock is; `exp` has none."),
  };
}

std::string_view section_sentence(std::string_view section) {
  static const std::map<std::string_view, std::string_view> sentences{
      {"", "What this process is."},
      {"instance", "This process."},
      {"gateway", "What clients connect to."},
      {"auth", "Who may call a gateway."},
      {"quota", "What one owner may have, where auth.mode asks for names."},
      {"management", "The second listener, for those who operate the service."},
      {"results", "What a gateway remembers of tasks."},
      {"tasks", "Deadlines of tasks, and in [tasks.<kind>] the kinds that a command line does."},
      {"processor", "What does the tasks."},
      {"topics", "The bus's topics; the same for every process of one system."},
      {"inprocess", "The bus inside one process."},
      {"kafka", "The bus on a Kafka cluster."},
      {"artifacts", "Files: videos in, clips out."},
      {"video", "The kind process-video."},
  };
  const auto found = sentences.find(section);
  return found == sentences.end() ? std::string_view{} : found->second;
}

}  // namespace streamdemo::config
